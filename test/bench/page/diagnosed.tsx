// One stream of a real relay, shown by a chat, with work of some kind put in its way; diagnosed once a second.
import { type AgentStream, createAgentStream, type Protocol, sse } from 'framewise'
import { createMeter, diagnose, type Diagnosis, type MeterSnapshot } from 'framewise/metrics'
import { agUi } from 'framewise/protocols'
import { useAgentStream } from 'framewise/react'
import { type ReactElement, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'
import { emptyStage, followEnd } from './stage.ts'

/** One run. */
export interface DiagnosedRun {
  readonly stream: string
  readonly seconds: number
  /** Events are published one by one. */
  readonly perEvent: boolean
  /** Payload times are read. */
  readonly stamped: boolean
  /** Work put in the way, and how much of it: ms, or elements laid out for `paint`. */
  readonly work: 'parse' | 'render' | 'paint' | 'script' | 'none'
  readonly amount: number
}

/** What came out. */
export interface DiagnosedResult {
  readonly diagnosis: Diagnosis
  readonly snapshot: MeterSnapshot
}

/** Plays a run. */
export async function diagnosed(run: DiagnosedRun): Promise<DiagnosedResult> {
  const stage = emptyStage()
  const stream = createAgentStream({
    transport: sse({ url: `/v1/streams/${run.stream}/events` }),
    protocol: run.work === 'parse' ? slowProtocol(run.amount) : agUi,
    schedule: run.perEvent ? 'immediate' : 'adaptive',
    metrics: (given) => createMeter({ ...given, ...(run.stamped ? { payloadTime } : {}) }),
  })
  const root = createRoot(stage)
  const heavy = run.work === 'render' || run.work === 'paint' || run.perEvent
  const shown = stream as AgentStream
  root.render(heavy ? <Heavy stream={shown} run={run} /> : <Chat stream={shown} look="markdown" />)
  const follower = followEnd(stage)
  const stopWork = run.work === 'script' ? otherWork(run.amount) : () => {}
  stream.connect()
  let diagnosis: Diagnosis | undefined
  for (let second = 0; second < run.seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    diagnosis = diagnose(stream.metrics.snapshot(), diagnosis)
  }
  const snapshot = stream.metrics.snapshot()
  stopWork()
  follower.stop()
  stream.close()
  root.unmount()
  return { diagnosis: diagnosis ?? diagnose(snapshot), snapshot }
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
  if (run.work === 'render') spin(run.amount)
  useLayoutEffect(() => {
    if (run.work === 'paint') document.documentElement.style.setProperty('--grown', nextWidth())
  })
  return (
    <>
      {messages.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
      {run.work === 'paint' ? <Boxes count={run.amount} /> : null}
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
