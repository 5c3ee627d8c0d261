// One stream of a round: a producer, its viewers, and what faults have done to its log meanwhile.
import type { Layout, LogHistory, ViewerHistory } from './history.ts'
import { startProducer } from './producer.ts'
import type { Producer } from './producer.ts'
import type { Random } from './random.ts'
import { startSdkViewer } from './sdk-viewer.ts'
import { sseConnect, webSocketConnect } from './transports.ts'
import { startViewer } from './viewer.ts'
import type { Mood, Viewer } from './viewer.ts'
import type { World } from './world.ts'

/** A stream under test. */
export interface StreamRun {
  readonly layout: Layout
  readonly producer: Producer
  readonly viewers: readonly Viewer[]
  /** One more viewer, of a kind that chance decides. */
  join(): void
  /** Everything acknowledged so far went with its log. */
  destroyed(): void
  /** The first event that the log still holds. */
  trimmedTo(payload: string): void
  deleted(payload: string): void
  /** Notes what was acknowledged by a master that is gone, and is not held by the one that took its place. */
  noteLostTail(): Promise<void>
  /** Notes what Redis holds now as the end of a run. */
  noteFinal(): Promise<void>
  history(lossless: boolean): { log: LogHistory; viewers: readonly ViewerHistory[] }
  stop(): void
}

/** Options of {@link startStream}. */
export interface StreamOptions {
  readonly world: World
  readonly id: string
  readonly layout: Layout
  readonly random: Random
  /** A shorter run. */
  readonly short: boolean
}

const MOODS = ['calm', 'restless', 'slow'] as const

/** Starts a stream with a viewer of each kind. */
export function startStream({ world, id, layout, random, short }: StreamOptions): StreamRun {
  const { port } = world.fleet.wire
  const producer = startProducer({
    id,
    layout,
    random: random.of('producer'),
    events: short ? random.whole(30, 80) : random.whole(40, 160),
    everyMs: short ? random.whole(5, 15) : random.whole(5, 25),
    port: world.store.port,
  })
  const deleted = new Set<number>()
  const lostTail = new Set<number>()
  const finals: string[][] = []
  let destroyed = 0
  const viewers: Viewer[] = []
  viewers.push(view('sse'), view('websocket'), sdk('sse'), sdk('websocket'))

  function view(transport: 'sse' | 'websocket'): Viewer {
    const draws = random.of(`viewer ${viewers.length} ${transport}`)
    const mood: Mood = draws.pick(MOODS)
    const connect = transport === 'sse' ? sseConnect(port, id) : webSocketConnect(port, id)
    return startViewer({ name: `${transport} ${mood}`, mood, random: draws, connect })
  }

  function sdk(transport: 'sse' | 'websocket'): Viewer {
    const draws = random.of(`sdk ${transport}`)
    const protocol = draws.pick(['agUi', 'json'] as const)
    return startSdkViewer({ id, port, transport, protocol, random: draws })
  }

  const seqOf = (payload: string): number => (JSON.parse(payload) as { seq: number }).seq

  async function held(): Promise<string[]> {
    const { key } = producer
    const { ask } = world.store
    if (layout === 'list') return ask<string[]>('LRANGE', key, '0', '-1')
    const entries = await ask<[string, string[]][]>('XRANGE', key, '-', '+')
    return entries.map(([, fields]) => fields[1] ?? '')
  }

  async function noteLostTail(): Promise<void> {
    const acked = producer.written.filter((event) => event.acked)
    const kept = new Set(await held())
    for (const { seq, payload } of acked) if (!kept.has(payload)) lostTail.add(seq)
    const last = acked.at(-1)
    if (last?.terminal !== true || kept.has(last.payload)) return
    // Some viewers have seen the end that is lost; for the others the run must end once more.
    finals.push(acked.map(({ payload }) => payload))
    await producer.between(producer.endRun)
  }

  return {
    layout,
    producer,
    viewers,
    join: () => void viewers.push(view(random.pick(['sse', 'websocket']))),
    destroyed: () => void (destroyed = producer.written.length),
    trimmedTo: (payload) => void (destroyed = Math.max(destroyed, seqOf(payload))),
    deleted: (payload) => void deleted.add(seqOf(payload)),
    noteLostTail,
    noteFinal: async () => void finals.push(await held()),
    history(lossless) {
      const { written } = producer
      const log = { id, layout, lossless, written, destroyed, deleted, lostTail, finals }
      return { log, viewers: viewers.map((viewer) => viewer.history()) }
    },
    stop() {
      producer.stop()
      for (const viewer of viewers) viewer.stop()
    },
  }
}
