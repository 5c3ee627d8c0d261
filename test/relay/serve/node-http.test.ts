// How long a peer has for the last bytes of a stream: as long as a viewer has for so many, and no longer.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fromNode, sendNode } from '../../../src/relay/serve/node-http.ts'
import type { Sink } from '../../../src/relay/hub/viewer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it.each([
  [100, 15_000],
  [1024 * 1024, 16 * 15_000],
])('cuts off who does not take the last %d bytes, after %d ms', (writableLength, afterMs) => {
  const destroy = vi.fn<() => void>()
  const req = { complete: true, headers: {}, socket: {} } as unknown as IncomingMessage
  const res = { req, socket: null, writableLength, destroy }
  const calls = { writeHead: vi.fn(), flushHeaders: vi.fn(), end: vi.fn(), on: vi.fn() }
  const body = (sink: Sink) => {
    sink.end()
    return { drained() {}, tick() {}, tell() {}, dismiss() {}, close() {} }
  }
  const reply = { ...res, ...calls } as unknown as ServerResponse
  fromNode(req, reply)
  sendNode(reply, { status: 200, headers: {}, body })
  vi.advanceTimersByTime(afterMs - 1)
  expect(destroy).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(destroy).toHaveBeenCalledOnce()
})
