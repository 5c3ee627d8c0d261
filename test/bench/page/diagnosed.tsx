// One stream of a real relay, shown by a chat, with work of some kind put in its way; diagnosed once a second.
import { type AgentStream, createAgentStream, type Protocol, sse, webSocket } from 'framewise'
import {
  createMeter,
  diagnose,
  type Diagnosis,
  type MeterSnapshot,
  recordStream,
} from 'framewise/metrics'
import { agUi } from 'framewise/protocols'
import { useAgentStream } from 'framewise/react'
import { inWorker } from 'framewise/worker'
import { type ReactElement, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'
import { emptyStage, followEnd } from './stage.ts'

/** One run. Work that is put in its way is left out where there is none. */
export interface DiagnosedRun {
  readonly stream: string
  readonly seconds: number
  readonly via: 'page' | 'worker' | 'websocket'
  /** The relay is asked for its stamps. */
  readonly timed: boolean
  /** Events are published one by one. */
  readonly perEvent?: boolean
  /** Payload times are read. */
  readonly stamped?: boolean
  /** Of each event, of each render, and of tasks of others. */
  readonly parseMs?: number
  readonly renderMs?: number
  readonly scriptMs?: number
  /** Elements laid out anew by each flush. */
  readonly boxes?: number
  /** What comes is recorded. */
  readonly isRecorded?: boolean
}

/** What came out. */
export interface DiagnosedResult {
  readonly diagnosis: Diagnosis
  /** One a second: what `diagnosis` comes from. */
  readonly snapshots: readonly MeterSnapshot[]
  /** NDJSON, where it was asked for. */
  readonly recording: string | null
}

/** Plays a run. */
export async function diagnosed(run: DiagnosedRun): Promise<DiagnosedResult> {
  const stage = emptyStage()
  const stream = createAgentStream({
    transport: transportOf(run),
    protocol: run.parseMs === undefined ? agUi : slowProtocol(run.parseMs),
    schedule: run.perEvent === true ? 'immediate' : 'adaptive',
    metrics: (given) => createMeter({ ...given, ...(run.stamped === true ? { payloadTime } : {}) }),
  })
  const { perEvent = false, renderMs, boxes, scriptMs } = run
  const heavy = perEvent || renderMs !== undefined || boxes !== undefined
  const root = createRoot(stage)
  root.render(
    heavy ? <Heavy stream={stream} run={run} /> : <Chat stream={stream} look="markdown" />,
  )
  const follower = followEnd(stage)
  const stopWork = scriptMs === undefined ? () => {} : otherWork(scriptMs)
  const recorder = run.isRecorded === true ? recordStream(stream) : null
  stream.connect()
  const result = await watch(stream.metrics.snapshot, run.seconds)
  const recording = recorder?.toNDJSON() ?? null
  stopWork()
  follower.stop()
  stream.close()
  root.unmount()
  return { ...result, recording }
}

async function watch(look: () => MeterSnapshot, seconds: number) {
  const snapshots: MeterSnapshot[] = []
  let diagnosis: Diagnosis | undefined
  for (let second = 0; second < seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const snapshot = look()
    snapshots.push(snapshot)
    diagnosis = diagnose(snapshot, diagnosis)
  }
  if (diagnosis === undefined) throw new RangeError('expected a second at the least')
  return { diagnosis, snapshots }
}

type Transport = ReturnType<typeof sse>

function transportOf({ via, stream, timed }: DiagnosedRun): Transport {
  const url = `/v1/streams/${stream}/events`
  const worker = (): Worker =>
    new Worker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
  const base =
    via === 'worker'
      ? inWorker({ url, worker })
      : via === 'websocket'
        ? webSocket({ url: '/v1/ws', stream })
        : sse({ url })
  return timed ? base : { ...base, open: (open) => base.open({ ...open, timing: false }) }
}

const payloadTime = ({ data }: { readonly data: string }): number | null =>
  (JSON.parse(data) as { made?: number }).made ?? null

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

function slowProtocol(ms: number): Protocol {
  const base = agUi as Protocol
  return {
    ...base,
    decode(frame, memory) {
      spin(ms)
      return base.decode(frame, memory)
    },
  }
}

function otherWork(ms: number): () => void {
  const timer = setInterval(() => spin(ms), ms * 1.5)
  return () => clearInterval(timer)
}

function Heavy({ stream, run }: { readonly stream: AgentStream; readonly run: DiagnosedRun }) {
  const { messages } = useAgentStream(stream)
  if (run.renderMs !== undefined) spin(run.renderMs)
  useLayoutEffect(() => {
    if (run.boxes !== undefined) document.documentElement.style.setProperty('--grown', nextWidth())
  })
  return (
    <>
      {messages.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
      {run.boxes === undefined ? null : <Boxes count={run.boxes} />}
    </>
  )
}

let width = 0
const nextWidth = (): string => `${20 + (width++ % 40)}px`

// All of them are laid out and painted anew when their width changes; React has no part in it.
function Boxes({ count }: { readonly count: number }): ReactElement {
  const box = (index: number): string =>
    `<span style="display:inline-block;width:var(--grown);box-shadow:0 0 3px #888">${index}</span>`
  const html = Array.from({ length: count }, (_, index) => box(index)).join(' ')
  // eslint-disable-next-line react/no-danger
  return <div dangerouslySetInnerHTML={{ __html: html }} />
}
