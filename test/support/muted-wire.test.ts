import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { startMutedWire } from './muted-wire.ts'

afterEach(() => vi.restoreAllMocks())

// Node cuts a delay to whole milliseconds: two halves of 5 would be 4.
it.each([5, 20, 155])('adds all of %d ms to a request and its answer', async (roundTripMs) => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  onTestFinished(() => void echo.close())
  const wire = await startMutedWire((echo.address() as AddressInfo).port, roundTripMs)
  onTestFinished(() => wire.close())
  const client = connect(wire.port, '127.0.0.1')
  await once(client, 'connect')
  const timers = vi.spyOn(globalThis, 'setTimeout')
  client.write('ping')
  await once(client, 'data')
  const delays = timers.mock.calls.map(([, ms = 0]) => Math.trunc(ms))
  expect(delays).toHaveLength(2)
  expect(delays.reduce((sum, ms) => sum + ms, 0)).toBe(roundTripMs)
})
