// Whatever an application calls, from wherever, and wherever the wire is cut: nothing is lost, nothing comes twice.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type AgentStream, createAgentStream, type Schedule, type Transport } from '../src/index.ts'
import type { Frame } from '../src/core/protocol.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { delta, finished } from './set-up-stream.ts'

const EVENTS = 40
const log: readonly Frame[] = Array.from({ length: EVENTS }, (_, index) =>
  index === EVENTS - 1 ? { ...finished(), id: String(index) } : delta(`${index},`, String(index)),
)
const whole = Array.from({ length: EVENTS - 1 }, (_, index) => `${index},`).join('')

type Verb = 'connect' | 'stop' | 'close' | 'reconnect' | 'flush'
const verb = fc.constantFrom<Verb>('connect', 'stop', 'close', 'reconnect', 'flush')
/** Which call of a callback does what. */
const calls = fc.dictionary(fc.nat({ max: 30 }).map(String), verb, { maxKeys: 4 })

/** Serves the log after the cursor in reads of the given sizes; 0 cuts the connection. */
function serve(sizes: readonly number[]): Transport {
  let next = 0
  return {
    name: 'log',
    async *open({ after, clock }) {
      yield { at: clock.now(), frames: [] }
      let at = after === null ? 0 : Number(after) + 1
      while (at < EVENTS) {
        const size = sizes[next++] ?? 1
        if (size === 0) throw new Error('cut')
        await new Promise<void>((resolve) => clock.setTimer(resolve, size))
        yield { at: clock.now(), frames: log.slice(at, at + size) }
        at += size
      }
    },
  }
}

it('loses nothing and shows nothing twice', async () => {
  const schedule = fc.constantFrom<Schedule>('adaptive', 'frame', 'immediate', { throttle: 40 })
  const sizes = fc.array(fc.nat({ max: 6 }), { maxLength: 60 })
  const property = fc.asyncProperty(
    schedule,
    sizes,
    calls,
    calls,
    calls,
    fc.array(verb, { maxLength: 6 }),
    async (how, reads, onEvents, onFlushes, onStores, between) => {
      const clock = createManualClock()
      const seen: (string | null)[] = []
      const finishes: string[] = []
      const act = (stream: AgentStream, table: Readonly<Record<string, Verb>>) => {
        let count = 0
        return (): void => {
          const name = table[String(count++)]
          if (name !== undefined) stream[name]()
        }
      }
      const stream: AgentStream = createAgentStream({
        transport: serve(reads),
        clock,
        schedule: how,
        reconnect: { random: () => 0 },
        onEvent({ cursor }) {
          seen.push(cursor)
          actOnEvent()
        },
        onFlush: () => actOnFlush(),
        onFinish: ({ status }) => finishes.push(status),
      })
      const actOnEvent = act(stream, onEvents)
      const actOnFlush = act(stream, onFlushes)
      const actOnStore = act(stream, onStores)
      stream.store.subscribe(() => actOnStore())
      stream.connect()
      for (const name of between) {
        await clock.advance(7)
        stream[name]()
      }
      for (let turn = 0; turn < 60 && stream.store.getState().status !== 'finished'; turn++) {
        stream.connect()
        await clock.advance(500)
      }
      await clock.advance(2000)
      const { messages, status } = stream.store.getState()
      expect(seen).toEqual(log.map(({ id }) => id))
      expect(messages[0]?.text).toBe(whole)
      expect(status).toBe('finished')
      expect(finishes.filter((one) => one === 'finished')).toHaveLength(1)
      expect(stream.metrics.snapshot()).toMatchObject({ events: EVENTS, backlog: 0 })
      stream.close()
    },
  )
  await fc.assert(property, { numRuns: 150 })
})
