// Which responses are streams, and for how long.
import { expect, it } from 'vitest'
import type { ObserveOptions } from '../../src/observe/index.ts'
import { patchFetch } from '../../src/observe/patch-fetch.ts'
import { setUpWatcher } from './set-up-watcher.ts'

const encoder = new TextEncoder()

function setUp(options?: ObserveOptions) {
  const { clock, watcher } = setUpWatcher(options)
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const answer = (type: string): Response => {
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
    return new Response(body, { headers: { 'content-type': type } })
  }
  const root = { fetch: (type: string) => Promise.resolve(answer(type)) }
  patchFetch(root as unknown as typeof globalThis, watcher)
  const open = async (type = 'text/event-stream'): Promise<ReadableStream<Uint8Array>> => {
    const { body } = await root.fetch(type)
    if (body === null) throw new Error('no body')
    return body
  }
  return {
    clock,
    watcher,
    open,
    send: (text: string) => controller?.enqueue(encoder.encode(text)),
    fail: (reason: unknown) => controller?.error(reason),
    opens: () => watcher.streams.map((stream) => stream.open),
  }
}

it('takes a response for a stream once a piece of it is read, and not before', async () => {
  const told: string[] = []
  const { clock, watcher, open, send } = setUp({ onStream: ({ kind }) => told.push(kind) })
  const live = watcher.open('http://page.test/live', 'event-source')
  for (let index = 0; index < 20; index++) await open('text/plain')
  const reader = (await open()).getReader()
  expect(watcher.streams).toEqual([live?.stream])
  send('data: a\n\n')
  await reader.read()
  await clock.settle()
  expect(told).toEqual(['event-source', 'fetch'])
  expect(watcher.streams.map((stream) => [stream.kind, stream.open])).toEqual([
    ['event-source', true],
    ['fetch', true],
  ])
  send('data: b\n\n')
  await reader.read()
  await clock.advance(100)
  expect(watcher.streams[1]?.snapshot().events).toBe(2)
})

it('asks once whether it is to be measured, and leaves a body alone that is not', async () => {
  const asked: string[] = []
  const only = (_: string, kind: string): boolean => {
    asked.push(kind)
    return false
  }
  const { watcher, open, send } = setUp({ only })
  const body = await open()
  expect(Reflect.ownKeys(body).filter((key) => typeof key === 'string')).toEqual([])
  const reader = body.getReader()
  send('data: a\n\n')
  await reader.read()
  expect(asked).toEqual(['fetch'])
  expect(watcher.streams).toEqual([])
})

it('is over where it breaks, is left or is aborted', async () => {
  const { clock, open, send, fail, opens } = setUp()
  const broken = (await open()).getReader()
  send('data: a\n\n')
  await broken.read()
  expect(opens()).toEqual([true])
  const waiting = broken.read()
  fail(new DOMException('aborted', 'AbortError'))
  await expect(waiting).rejects.toThrow('aborted')
  const left = await open()
  send('data: a\n\n')
  for await (const _ of left) break
  await clock.settle()
  expect(opens()).toEqual([false, false])
})
