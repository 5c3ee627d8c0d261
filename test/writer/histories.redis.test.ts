// Histories of what can go wrong between a writer and its Redis, made up by fast-check, and one checker for all of them:
// order kept, nothing acknowledged lost, nothing twice, one terminal event at the most, and nothing after it.
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agUiDelta, createStreamWriter } from '../../src/writer/index.ts'
import type { StreamWriter, WriterLayout } from '../../src/writer/index.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import type { MutedWire } from '../support/muted-wire.ts'
import { connected, LAYOUTS, logOf } from './logs.ts'
import type { TestClient } from './logs.ts'

type Step = 'write' | 'chunks' | 'turn' | 'cut' | 'mute' | 'kill' | 'flush' | 'rival'
const END = '{"type":"RUN_FINISHED"}'
const RUNS = Number(process.env['HISTORIES'] ?? 20)

let redis: RedisServer
let proxy: MutedWire
let far: TestClient
let near: TestClient
let runs = 0

beforeAll(async () => {
  redis = await startRedis({ appendonly: true })
  proxy = await startMutedWire(redis.port)
  far = await connected(`redis://127.0.0.1:${proxy.port}`)
  near = await connected(redis.url)
})
afterAll(async () => {
  far.destroy()
  near.destroy()
  await proxy.close()
  await redis.stop()
})

/** One writer and what it was given. */
interface Actor {
  readonly writer: StreamWriter
  /** Names all that is its own. */
  readonly name: string
  /** Texts in the order they were given. */
  readonly given: string[]
}

async function play(layout: WriterLayout, steps: readonly Step[]): Promise<void> {
  const id = `history-${++runs}`
  const actors: Actor[] = []
  let count = 0
  // Claims one after the other: else it is open whose is the later one.
  const open = async (): Promise<Actor> => {
    const coalesce = { ms: 2, delta: agUiDelta }
    const writer = createStreamWriter(far, id, { layout, coalesce, giveUpMs: 20_000 })
    const opened = { writer, name: `w${actors.length}`, given: [] }
    actors.push(opened)
    await writer.ready()
    return opened
  }
  const give = ({ writer, given }: Actor, event: object, text: string): void => {
    writer.write(event)
    given.push(text)
  }
  let actor = await open()
  const act: Record<Step, () => unknown> = {
    write() {
      const text = `<${count++}>`
      give(actor, { type: 'CUSTOM', name: actor.name, value: text }, text)
    },
    chunks() {
      for (let n = 0; n < 3; n++) {
        const delta = `[${count++}]`
        give(actor, { type: 'TEXT_MESSAGE_CONTENT', messageId: actor.name, delta }, delta)
      }
    },
    turn: () => new Promise(setImmediate),
    cut: () => proxy.cut(),
    async mute() {
      proxy.mute()
      await new Promise((resolve) => setTimeout(resolve, 2))
      proxy.cut()
    },
    kill: () => redis.restart(),
    flush: () => actor.writer.flush(),
    async rival() {
      actor = await open()
    },
  }
  for (const step of steps) await act[step]()
  await actor.writer.end(END)
  await Promise.allSettled(actors.map(({ writer }) => writer.close()))
  check(await logOf(near, layout, id), actors)
}

interface Landed {
  readonly owner: string
  readonly text: string
}

function landedOf(payload: string): Landed {
  const event = JSON.parse(payload) as Record<'name' | 'value' | 'messageId' | 'delta', string>
  return { owner: event.name ?? event.messageId, text: event.value ?? event.delta }
}

function check(log: readonly string[], actors: readonly Actor[]): void {
  expect(log.at(-1)).toBe(END)
  const landed = log.slice(0, -1).map(landedOf)
  // Who was superseded wrote nothing afterwards.
  const owners = actors.flatMap(({ name }) => landed.filter(({ owner }) => owner === name))
  expect(landed).toEqual(owners)
  for (const { name, given, writer } of actors) {
    const own = landed.filter(({ owner }) => owner === name)
    const text = own.map((one) => one.text).join('')
    const last = name === actors.at(-1)?.name
    // An unbroken beginning of what it was given, of the last writer all.
    expect(given.join('').startsWith(text)).toBe(true)
    if (last) expect(text).toBe(given.join(''))
    expect(own.length + Number(last)).toBeGreaterThanOrEqual(writer.acknowledged)
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Step[]>('write', 'chunks', 'turn') },
  { weight: 2, arbitrary: fc.constantFrom<Step[]>('cut', 'mute', 'flush') },
  { weight: 1, arbitrary: fc.constantFrom<Step[]>('kill', 'rival') },
)

describe.each(LAYOUTS)('histories of %s', (layout) => {
  it('keep order, what was acknowledged, and one end', { timeout: 30_000 + RUNS * 2000 }, () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), (steps) =>
        play(layout, steps),
      ),
      { numRuns: RUNS },
    ),
  )
})
