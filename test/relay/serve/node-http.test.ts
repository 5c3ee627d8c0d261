// How long a peer has for the last bytes of a stream: as long as a viewer has for so many, and no longer.
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sendNode } from '../../../src/relay/serve/node-http.ts'
import type { Sink } from '../../../src/relay/hub/viewer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it.each([
  [100, 15_000],
  [1024 * 1024, 16 * 15_000],
])('cuts off who does not take the last %d bytes, after %d ms', (writableLength, afterMs) => {
  const destroy = vi.fn<() => void>()
  const res = { req: { complete: true }, socket: null, writableLength, destroy }
  const calls = { writeHead: vi.fn(), flushHeaders: vi.fn(), end: vi.fn(), on: vi.fn() }
  const body = (sink: Sink) => {
    sink.end()
    return { drained() {}, tick() {}, tell() {}, dismiss() {}, close() {} }
  }
  sendNode({ ...res, ...calls } as unknown as ServerResponse, { status: 200, headers: {}, body })
  vi.advanceTimersByTime(afterMs - 1)
  expect(destroy).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(destroy).toHaveBeenCalledOnce()
})
