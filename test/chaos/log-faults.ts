// Faults of the logs: they go, are trimmed, are written anew, or lose their producer.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'
import type { StreamRun } from './stream-run.ts'

const BOTH = ['list', 'stream'] as const
const lossy = { kind: { store: 'durable' }, layouts: BOTH, lossless: false } as const

// Where Redis tells of no changes, only the poll finds a log that was gone before its end was read.
const polled = { ...lossy, kind: { store: 'durable', flags: ['--poll-ms', '4000'] } } as const

type Ask = Scene['world']['store']['ask']

/** Each stream meets its own, at its own time. */
export const LOG_FAULTS: readonly Nemesis[] = [
  { ...lossy, name: 'flushall', act: flushAll },
  { ...lossy, name: 'del', act: (scene) => toEach(scene, remove('DEL')) },
  { ...lossy, name: 'expire', act: (scene) => toEach(scene, remove('EXPIRE', '0')) },
  { ...lossy, name: 'new-run', act: (scene) => toEach(scene, runAgain) },
  { ...lossy, layouts: ['list'], name: 'ltrim', act: (scene) => toEach(scene, trimList) },
  { ...lossy, layouts: ['stream'], name: 'xtrim', act: (scene) => toEach(scene, trimStream) },
  { ...lossy, layouts: ['stream'], name: 'xdel', act: (scene) => toEach(scene, deleteLast) },
  { ...polled, name: 'end-then-expire', long: true, act: endThenExpire },
  { ...lossy, lossless: true, name: 'producer-crash', act: crash },
  { ...lossy, lossless: true, name: 'flood', act: flood },
]

async function flushAll({ world, streams }: Scene): Promise<void> {
  const waiting = streams.map(({ producer }) => {
    const reached = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    void producer.between(() => {
      reached.resolve()
      return goOn.promise
    })
    return { reached: reached.promise, goOn: goOn.resolve }
  })
  await Promise.all(waiting.map(({ reached }) => reached))
  await Promise.all(streams.filter(isOver).map(settle))
  await world.store.ask('FLUSHALL')
  for (const stream of streams) stream.destroyed()
  for (const { goOn } of waiting) goOn()
}

// A run that has ended meanwhile is left to its viewers first: what goes unread for good is endThenExpire's.
async function settle(stream: StreamRun): Promise<void> {
  await stream.noteFinal()
  await Promise.all(stream.viewers.map(({ done }) => done))
}

// Some streams more than once: a log that is replaced while its viewers read the one before.
async function toEach(
  { world, streams, random }: Scene,
  act: (stream: StreamRun, ask: Ask, share: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    streams.map(async (stream, at) => {
      const draws = random.of(at)
      for (let times = draws.whole(1, 3); times > 0; times--) {
        await pause(draws.whole(0, 400))
        await stream.producer.between(() => act(stream, world.store.ask, draws.next()))
      }
    }),
  )
}

function remove(command: string, ...args: string[]) {
  return async (stream: StreamRun, ask: Ask): Promise<void> => {
    if (isOver(stream)) return
    await ask(command, stream.producer.key, ...args)
    stream.destroyed()
  }
}

async function runAgain(stream: StreamRun, ask: Ask): Promise<void> {
  if (isOver(stream)) return
  await stream.producer.endRun()
  await stream.noteFinal()
  await ask('DEL', stream.producer.key)
  stream.destroyed()
}

async function trimList(stream: StreamRun, ask: Ask, share: number): Promise<void> {
  const { key } = stream.producer
  const from = Math.floor((await ask<number>('LLEN', key)) * share)
  await ask('LTRIM', key, String(from), '-1')
  const [first] = await ask<string[]>('LRANGE', key, '0', '0')
  if (first !== undefined) stream.trimmedTo(first)
}

async function trimStream(stream: StreamRun, ask: Ask, share: number): Promise<void> {
  const { key } = stream.producer
  const keep = Math.ceil((await ask<number>('XLEN', key)) * share)
  await ask('XTRIM', key, 'MAXLEN', String(keep))
}

async function deleteLast(stream: StreamRun, ask: Ask): Promise<void> {
  if (isOver(stream)) return
  const { key } = stream.producer
  const [last] = await ask<[string, string[]][]>('XREVRANGE', key, '+', '-', 'COUNT', '1')
  if (last === undefined) return
  await ask('XDEL', key, last[0])
  stream.deleted(last[1][1] ?? '')
}

// Whoever was away when the run ended finds nothing when he comes back.
async function endThenExpire({ world, streams, random }: Scene): Promise<void> {
  const away = streams.map(async (stream, at) => {
    await pause(random.of(at).whole(0, 500))
    await stream.producer.between(async () => {
      if (!isOver(stream)) await stream.producer.endRun()
      await stream.noteFinal()
      stream.producer.stop()
      await world.store.ask('DEL', stream.producer.key)
      stream.destroyed()
    })
  })
  await Promise.all(away)
}

// More than a ring holds, and more than a socket takes from viewers that rest.
async function flood({ streams, random, short }: Scene): Promise<void> {
  const most = short ? 1500 : 6000
  await Promise.all(
    streams.map((stream, at) =>
      stream.producer.between(async () => {
        if (!isOver(stream)) await stream.producer.flood(random.of(at).whole(1000, most))
      }),
    ),
  )
}

async function crash({ streams, random }: Scene): Promise<void> {
  for (const [at, { producer }] of streams.entries()) producer.crash(random.of(at).whole(0, 2000))
  await pause(500)
}

// What ends a log for good is another story: its viewers would be told that it has expired, and wait for the next.
const isOver = ({ producer }: StreamRun): boolean => producer.written.at(-1)?.terminal === true
