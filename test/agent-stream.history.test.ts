// Any history of a page: cuts, duplicates, overlaps, gaps, stops, starts, hidden and frozen tabs, tunnels. Whatever
// happened, each run's events come once and in order, what is missing is told, and only what ended is finished.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type AgentStreamState,
  createAgentStream,
  isAgentStreamError,
  type Protocol,
  type Schedule,
  type Transport,
} from '../src/index.ts'
import type { Frame } from '../src/core/protocol.ts'
import { agUi } from '../src/protocols/index.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'

const EVENTS = 25

/** How the server tells where an event stands, and so what another connection brings. */
type Kind = 'cursor' | 'from-start' | 'none'

type Deed =
  | 'start'
  | 'stop'
  | 'connect'
  | 'reconnect'
  | 'flush'
  | 'hide'
  | 'show'
  | 'freeze'
  | 'offline'
  | 'online'
  | 'trim'
  | 'wait'

const deeds = fc.array(
  fc.constantFrom<Deed>(
    'start',
    'stop',
    'connect',
    'reconnect',
    'flush',
    'hide',
    'show',
    'freeze',
    'offline',
    'online',
    'trim',
    'wait',
  ),
  { maxLength: 14 },
)

/** What the wire does in turn: a read of so many events; 0 cuts, 7 cuts silently, 8 sends what was sent before. */
const wires = fc.array(fc.nat({ max: 8 }), { maxLength: 50 })

function frameOf(run: number, index: number, kind: Kind): Frame {
  const event =
    index === EVENTS - 1
      ? { type: 'RUN_FINISHED', runId: `r${run}` }
      : { type: 'TEXT_MESSAGE_CONTENT', messageId: `m${run}`, delta: `${index},` }
  return {
    event: 'message',
    id: kind === 'cursor' ? `${run}-${index}` : undefined,
    data: JSON.stringify(event),
  }
}

class Server {
  runs = 0
  /** Events before this are gone, by run. */
  readonly trimmed: number[] = []
  private step = 0
  private readonly kind: Kind
  private readonly script: readonly number[]

  constructor(kind: Kind, script: readonly number[]) {
    this.kind = kind
    this.script = script
  }

  run(): Transport {
    const run = this.runs++
    this.trimmed.push(0)
    const once = this.kind === 'none'
    return { name: `run-${run}`, once, open: (options) => this.serve(run, options) }
  }

  async *serve(run: number, { after, clock, signal }: Parameters<Transport['open']>[0]) {
    const rest = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        clock.setTimer(resolve, ms)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    yield { at: clock.now(), frames: [] }
    let at = after === null ? 0 : Number(after.split('-')[1]) + 1
    // A server that is not sure where it was sends some of it again.
    if (this.kind === 'cursor' && this.script[this.step] === 8) at = Math.max(0, at - 5)
    while (at < EVENTS && !signal.aborted) {
      const size = this.script[this.step++] ?? 2
      if (size === 0) throw new Error('cut')
      if (size === 7) return
      await rest(size * 3)
      if (signal.aborted) return
      const lost = this.trimmed[run] ?? 0
      const frames: Frame[] = []
      if (at < lost) {
        const data = JSON.stringify({ reason: 'trimmed', from: null, to: null })
        frames.push({ event: 'relay.gap', id: undefined, data })
        at = lost
      }
      for (const end = Math.min(EVENTS, at + Math.max(1, size % 7)); at < end; at++) {
        frames.push(frameOf(run, at, this.kind))
      }
      yield { at: clock.now(), frames }
    }
  }
}

const act = (clock: ManualClock, server: Server, kind: Kind, stream: ReturnType<typeof open>) => ({
  start: () =>
    void stream.start('x').catch((error) => expect(isAgentStreamError(error)).toBe(true)),
  stop: () => stream.stop(),
  connect: () => stream.connect(),
  reconnect: () => stream.reconnect(),
  flush: () => stream.flush(),
  hide: () => clock.setHidden(true),
  show: () => clock.setHidden(false),
  freeze: () => clock.freeze(60_000),
  offline: () => clock.setOnline(false),
  online: () => clock.setOnline(true),
  // Only a log with ids can say that its head is gone.
  trim: () => {
    const run = server.runs - 1
    if (kind === 'cursor' && run >= 0) server.trimmed[run] = 9
  },
  wait: () => clock.advance(200),
})

function open(clock: ManualClock, server: Server, kind: Kind, schedule: Schedule) {
  const protocol: Protocol = { ...agUi, resume: kind }
  return createAgentStream({
    id: 'history',
    clock,
    protocol,
    schedule,
    start: async () => ({ transport: server.run() }),
    reconnect: { random: () => 0.5, maxAttempts: 100 },
    onEvent: ({ event }) =>
      events.push(event as { type: string; messageId?: string; delta?: string }),
    onGap: () => void gaps.count++,
    onFlush: () => void flushes++,
  })
}

let events: { type: string; messageId?: string; delta?: string }[] = []
let flushes = 0
const gaps = { count: 0 }

const isOver = ({ status }: AgentStreamState): boolean =>
  status === 'finished' || status === 'truncated' || status === 'failed'

it('keeps order, loses nothing unannounced, shows nothing twice and ends as it ended', async () => {
  const kinds = fc.constantFrom<Kind>('cursor', 'from-start', 'none')
  const schedules = fc.constantFrom<Schedule>('adaptive', 'frame', 'immediate', { throttle: 40 })
  const property = fc.asyncProperty(
    kinds,
    schedules,
    wires,
    deeds,
    async (kind, schedule, wire, all) => {
      events = []
      flushes = 0
      gaps.count = 0
      const clock = createManualClock()
      const server = new Server(kind, wire)
      const stream = open(clock, server, kind, schedule)
      const deed = act(clock, server, kind, stream)
      let writes = 0
      const texts = new Map<string, string>()
      stream.store.subscribe((now) => {
        writes++
        for (const { id, text } of now.messages) {
          // Text only ever grows at its end.
          expect(text.startsWith(texts.get(id) ?? '')).toBe(true)
          texts.set(id, text)
        }
        // Whoever sees the status sees the text that belongs to it.
        if (now.status === 'finished') {
          expect(now.messages.at(-1)?.text.endsWith(`${EVENTS - 2},`)).toBe(true)
        }
      })
      void stream.start('first')
      for (const name of all) {
        await clock.advance(15)
        await deed[name]()
      }
      clock.setOnline(true)
      clock.setHidden(false)
      for (let turn = 0; turn < 200 && !isOver(stream.store.getState()); turn++) {
        if (kind === 'none' && stream.store.getState().status === 'stopped') break
        stream.connect()
        await clock.advance(1000)
      }
      await clock.advance(3000)
      const state = stream.store.getState()

      const last = server.runs - 1
      for (let run = 0; run <= last; run++) {
        const seen = events
          .filter(({ messageId }) => messageId === `m${run}`)
          .map(({ delta }) => Number.parseInt(delta ?? '', 10))
        expect(seen).toEqual(seen.toSorted((a, b) => a - b))
        expect(new Set(seen).size).toBe(seen.length)
        const text = state.messages.find(({ id }) => id === `m${run}`)?.text ?? ''
        expect(text).toBe(seen.map((index) => `${index},`).join(''))
        const whole = seen.length === EVENTS - 1
        if (run === last && state.status === 'finished' && !whole)
          expect(gaps.count).toBeGreaterThan(0)
      }
      // What was cut for good before it told anything has failed.
      if (state.status === 'failed') {
        expect(kind).toBe('none')
        expect(events.filter(({ messageId }) => messageId === `m${last}`)).toEqual([])
      }
      if (kind !== 'none') expect(state.status).toBe('finished')
      // A run that was cut for good, and only that, is truncated.
      if (state.status === 'truncated') expect(kind).toBe('none')
      // One write a flush at most, whatever it was for.
      expect(writes).toBeLessThanOrEqual(flushes)
      expect(stream.metrics.snapshot().backlog).toBe(0)
      stream.close()
      expect(clock.pendingFrames).toBe(0)
    },
  )
  await fc.assert(property, { numRuns: 300 })
}, 60_000)
