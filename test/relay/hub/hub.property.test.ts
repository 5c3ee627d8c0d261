// Whatever happens when: writes, lost doorbells, slow and failing reads, a log that is trimmed or replaced, viewers that
// come, go, stall, are sent away and come back. Each viewer sees the log's order, nothing twice, and nothing is missing
// where no gap was told; and ring and sinks hold no more than they may.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Hub } from '../../../src/relay/hub/hub.ts'
import { BackendUnavailableError } from '../../../src/relay/index.ts'
import { createRingBudget } from '../../../src/relay/hub/ring.ts'
import { answerAll, join, POLL_MS, settle, setUpHub } from './hub-rig.ts'
import type { Watched } from './hub-rig.ts'
import { createScriptedBackend } from '../scripted-backend.ts'
import type { ScriptedBackend } from '../scripted-backend.ts'
import { parseSse } from '../sse-client.ts'

const BUDGET_BYTES = 900
const COMPLETED = '{"type":"status","status":"completed"}'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Someone who comes back with the last id seen whenever the relay or the test has ended a connection. */
interface Reader {
  readonly from: string | null
  readonly connections: Watched[]
}

const steps = {
  write: { weight: 6, ring: fc.boolean() },
  answer: { weight: 6, at: fc.nat(3) },
  look: { weight: 3, at: fc.nat(3) },
  rush: { weight: 3 },
  fail: { weight: 1 },
  trim: { weight: 1, count: fc.nat(6) },
  remove: { weight: 0.5 },
  join: { weight: 2, back: fc.nat(12) },
  leave: { weight: 1, who: fc.nat(5) },
  back: { weight: 1, who: fc.nat(5) },
  block: { weight: 2, who: fc.nat(5) },
  drain: { weight: 2, who: fc.nat(5) },
  settle: { weight: 2 },
  wait: { weight: 1 },
}
type Step = {
  do: keyof typeof steps
  at: number
  count: number
  back: number
  who: number
  ring: boolean
}
const step = fc.oneof(
  ...Object.entries(steps).map(([name, { weight, ...rest }]) => ({
    weight: weight * 2,
    arbitrary: fc.record({
      do: fc.constant(name),
      ...rest,
    }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
  })),
)

const lastOf = <T>(values: readonly T[]): T => values.at(-1) as T

function lastId({ from, connections }: Reader): string | null {
  const text = connections.map((one) => one.text()).join('')
  return parseSse(text).findLast(({ id }) => id !== null)?.id ?? from
}

interface World {
  readonly backend: ScriptedBackend
  readonly hub: Hub
  readonly readers: Reader[]
  /** Everything ever written, by cursor. */
  readonly written: Map<string, string>
}

async function act({ backend, hub, readers, written }: World, action: Step): Promise<void> {
  const reader = readers[action.who % (readers.length || 1)]
  const connection = reader && lastOf(reader.connections)
  if (action.do === 'write') {
    const payload = `e${written.size}`
    written.set(backend.write(payload, { ring: action.ring }), payload)
  } else if (action.do === 'answer') backend.answer(action.at)
  else if (action.do === 'look') backend.look(action.at)
  else if (action.do === 'rush') await answerAll(backend)
  else if (action.do === 'fail') backend.fail(new BackendUnavailableError('away'))
  else if (action.do === 'trim') backend.trim(action.count)
  else if (action.do === 'remove') backend.remove()
  else if (action.do === 'settle') await settle()
  else if (action.do === 'join') {
    const from = [...written.keys()].at(-1 - action.back) ?? null
    readers.push({ from, connections: [enter(hub, from)] })
  } else if (action.do === 'wait') await wait(readers)
  else if (action.do === 'leave') {
    connection?.viewer.close()
    readers.splice(action.who % (readers.length || 1), 1)
  } else if (action.do === 'back' && reader) comeBack(hub, reader)
  else if (action.do === 'block') connection?.block()
  else if (action.do === 'drain') connection?.drain()
}

const enter = (hub: Hub, after: string | null): Watched =>
  join(hub, { after, settings: { slowMs: 2 * POLL_MS } })

function comeBack(hub: Hub, reader: Reader): void {
  lastOf(reader.connections).viewer.close()
  reader.connections.push(enter(hub, lastId(reader)))
}

async function wait(readers: readonly Reader[]): Promise<void> {
  await vi.advanceTimersByTimeAsync(POLL_MS * 1.3)
  for (const { connections } of readers) lastOf(connections).viewer.tick(Date.now())
}

// Nobody stalls any more, reads succeed, and who was sent away comes back.
async function comeToRest({ backend, hub, readers }: World): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const reader of readers) {
      if (lastOf(reader.connections).ended()) comeBack(hub, reader)
      lastOf(reader.connections).drain()
    }
    await answerAll(backend)
    await vi.advanceTimersByTimeAsync(POLL_MS * 1.3) // failed reads and lost doorbells
    await answerAll(backend)
  }
}

const placeOf = (cursor: string): [epoch: number, index: number] => {
  const [, epoch, index] = cursor.split('-').map(Number)
  return [epoch ?? NaN, index ?? NaN]
}

function checkHistory({ from, connections }: Reader, { backend, written }: World): void {
  let at = from
  for (const connection of connections) {
    let gap = false // each connection tells of its own: the cursor that it began with does not
    for (const { id, event, data } of parseSse(connection.text())) {
      if (event === 'relay.gap') gap = true
      if (id === null) continue
      expect(data).toBe(written.get(id))
      const [epoch, index] = placeOf(id)
      const [epochBefore, indexBefore] = at === null ? [epoch, -1] : placeOf(at)
      const follows = epoch === epochBefore && index === indexBefore + 1
      const later = epoch > epochBefore || (epoch === epochBefore && index > indexBefore)
      expect(later, `${id} after ${at}`).toBe(true)
      expect(gap, `a gap between ${at} and ${id}`).toBe(!follows)
      at = id
      gap = false
    }
  }
  const end = backend.entries().at(-1)?.cursor
  if (end !== undefined) expect(at).toBe(end)
}

it('gives every viewer the log in order, once, and tells of every loss', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 120, size: 'max' }),
    async (actions) => {
      const backend = createScriptedBackend()
      const budget = createRingBudget(BUDGET_BYTES)
      const hub = setUpHub(backend, { budget })
      const world: World = { backend, hub, readers: [], written: new Map() }
      for (const action of actions) {
        await act(world, action)
        expect(hub.ring()?.held() ?? 0).toBeLessThanOrEqual(BUDGET_BYTES)
      }
      await comeToRest(world)
      for (const reader of world.readers) {
        checkHistory(reader, world)
        expect(lastOf(reader.connections).text().split('relay.caught-up')).toHaveLength(2)
        expect(reader.connections.map((one) => one.overruns())).toEqual(
          reader.connections.map(() => 0),
        )
      }
      world.written.set(backend.write(COMPLETED), COMPLETED)
      await answerAll(backend)
      for (const reader of world.readers) {
        checkHistory(reader, world)
        expect(lastOf(reader.connections).text()).toContain('"reason":"completed"')
        expect(lastOf(reader.connections).ended()).toBe(true)
      }
      hub.close()
    },
  )
  await fc.assert(property, { numRuns: 400 })
})
