// What the patched constructor makes: measured, and held back where it is asked to.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { batchEventSource } from '../../src/observe/batch-event-source.ts'
import type { ObserveOptions } from '../../src/observe/index.ts'
import { patchEventSource } from '../../src/observe/patch-event-source.ts'
import { FakeEventSource } from './fake-event-source.ts'
import { setUpWatcher } from './set-up-watcher.ts'

function setUp({ batch = true, ...options }: ObserveOptions = {}) {
  const { clock, watcher } = setUpWatcher(options)
  const root = { EventSource: FakeEventSource }
  onTestFinished(patchEventSource(root as unknown as typeof globalThis, watcher, batch))
  const open = (Made: typeof FakeEventSource = root.EventSource) => {
    const source = new Made('http://page.test/v1/streams/run/events')
    const seen: string[] = []
    source.addEventListener('message', (event) => seen.push(String((event as MessageEvent).data)))
    return { source, seen }
  }
  return { clock, watcher, root, open }
}

const fail = (): never => {
  throw new Error('broken measuring')
}

it('delivers on where the measuring has given up', async () => {
  const { clock, watcher, open } = setUp()
  const { source, seen } = open()
  for (let error = 0; error < 10; error++) watcher.guard(fail)
  const sent = Array.from({ length: 60 }, (_, index) => String(index))
  for (const data of sent) {
    source.tell('message', data)
    await clock.advance(20)
  }
  await clock.advance(1000)
  expect(seen).toEqual(sent)
})

it('gives up a stream whose events cannot be read, and no other', async () => {
  const { clock, watcher, open } = setUp({
    batch: false,
    textOf: (data) => (data === 'bad' ? fail() : data.length),
  })
  const [bad, good] = [open(), open()]
  for (let index = 0; index < 20; index++) {
    bad.source.tell('message', 'bad')
    good.source.tell('message', 'good')
    await clock.advance(5)
  }
  expect(watcher.streams[1]?.snapshot()).toMatchObject({ events: 20, chars: 80 })
  expect(watcher.streams[0]?.snapshot().events).toBe(0)
})

it('delivers nothing after a subclass has closed by what it extends', async () => {
  const { clock, root, open } = setUp()
  class Own extends root.EventSource {
    stop(): void {
      super.close()
    }
  }
  const { source, seen } = open(Own)
  source.tell('message', '1')
  await clock.settle()
  source.tell('message', '2')
  ;(source as Own).stop()
  await clock.advance(1000)
  expect(seen).toEqual(['1'])
})

/** How an application comes by its source. */
type Way = 'its own' | 'all batched' | 'batchEventSource' | 'batchEventSource of another copy'

async function setUpBy(way: Way) {
  const { root, open, ...page } = setUp({ batch: way === 'all batched' })
  vi.stubGlobal('EventSource', root.EventSource)
  if (way.endsWith('copy')) vi.resetModules()
  const copy = await import('../../src/observe/batch-event-source.ts')
  const drop = (way.endsWith('copy') ? copy : { batchEventSource }).batchEventSource
  // Called with `new`, it gives what it returns.
  const Dropped = drop as unknown as typeof FakeEventSource
  return { ...page, open: () => open(way.startsWith('batch') ? Dropped : root.EventSource) }
}

const ways: Way[] = [
  'its own',
  'all batched',
  'batchEventSource',
  'batchEventSource of another copy',
]
describe.each(ways)('of a relay, by %s,', (way) => {
  it('counts a gap once, and delivers it in its place', async () => {
    const { clock, watcher, open } = await setUpBy(way)
    const { source, seen } = open()
    source.addEventListener('relay.gap', () => seen.push('gap'))
    source.tell('message', '1')
    await clock.settle()
    source.tell('message', '2')
    source.tell('relay.gap', '{}')
    source.tell('message', '3')
    await clock.advance(1000)
    expect(seen).toEqual(['1', '2', 'gap', '3'])
    expect(watcher.streams[0]?.snapshot()).toMatchObject({ events: 3, losses: 1 })
  })

  it('takes each stamp for the event that follows it', async () => {
    const { clock, watcher, open } = await setUpBy(way)
    const { source } = open()
    source.tell('relay.hello', '{}')
    source.tell('relay.caught-up', '{}')
    for (const relayMs of [10, 30, 50]) {
      const stamps = { readStartMs: 1, readEndMs: 2, sentMs: 2 + relayMs, rttMs: 1 }
      source.tell('relay.timing', JSON.stringify({ n: 1, ...stamps }))
      source.tell('message', 'x')
      await clock.settle()
    }
    await clock.advance(100)
    expect(watcher.streams[0]?.snapshot().stages.relay).toMatchObject({ count: 3, p50: 30 })
  })
})
