// What a renewed token does to the streams of a socket. Their time itself is kept by the relay's viewers.
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import type { Access, Grant } from '../../../src/relay/door/access.ts'
import { createCounters } from '../../../src/relay/counters.ts'
import { memoryBackend } from '../../../src/relay/index.ts'
import { createHubs } from '../../../src/relay/hub/hubs.ts'
import { createLimits } from '../../../src/relay/door/limits.ts'
import { createOrigins } from '../../../src/relay/door/origins.ts'
import { relayDefaults } from '../../../src/relay/relay.ts'
import type { RelayRequest } from '../../../src/relay/request.ts'
import { createSocketStreams } from '../../../src/relay/serve/socket-streams.ts'
import type { Viewer } from '../../../src/relay/hub/viewer.ts'
import type { Arrival } from '../../../src/relay/hub/viewers.ts'

it('lets the streams that a new token is for go on until its end, and no others', async () => {
  const stays: [stream: string, until: number | null][] = []
  const nowMs = (): number => 0
  const counters = createCounters()
  const backend = memoryBackend()
  const hubs = createHubs({
    ...relayDefaults,
    backend,
    nowMs,
    counters,
    ringEvents: 10,
    ringBytes: 1000,
  })
  const late = Promise.withResolvers<Grant>()
  const access: Access = {
    check: (_request, token, stream) => {
      if (token === 'late') return late.promise
      if (token === 'broken') return Promise.reject(new Error('broken'))
      const isFor = token === 'first' || (token === 'second' && stream !== 'b')
      return Promise.resolve(isFor ? { untilMs: token === 'first' ? 1000 : 2000 } : 'not-found')
    },
  }
  const added: string[] = []
  const viewing: Viewer[] = []
  const order = ['a', 'b', 'c', 'd']
  const viewers = {
    add(viewer: Viewer, { untilMs }: Arrival) {
      viewing.push(viewer)
      const stream = order[added.length] ?? ''
      added.push(`${stream} ${untilMs}`)
      const extend = (until: number | null): void => void stays.push([stream, until])
      return { extend, end: () => {} }
    },
    tick: () => {},
    count: () => 0,
    counts: () => ({ sse: 0, webSocket: 0 }),
    isLeaving: () => false,
    leave: () => Promise.resolve(),
  }
  const log: string[] = []
  const ws = { readyState: 1, OPEN: 1, bufferedAmount: 0, send: () => {} }
  const streams = createSocketStreams(
    {
      hubs,
      viewers,
      settings: { ...relayDefaults, nowMs, counters },
      access,
      origins: createOrigins([], false),
      limits: createLimits({ ...relayDefaults, addressOf: () => null }),
      logger: { info: () => {}, warn: (message) => void log.push(message) },
    },
    {
      ws: ws as unknown as WebSocket,
      request: {} as RelayRequest,
      onGranted: () => {},
      onEmpty: () => {},
    },
  )
  for (const stream of ['a', 'b', 'c']) {
    await streams.subscribe({ stream, after: null, timing: false, token: 'first' })
  }
  expect(added).toEqual(['a 1000', 'b 1000', 'c 1000'])
  streams.drop('c')
  streams.renew('second')
  await expect.poll(() => stays).toEqual([['a', 2000]])
  streams.renew('nobody')
  streams.renew('broken')
  await expect.poll(() => log).toHaveLength(2)
  expect(log.join()).toContain('auth for a failed')
  expect(stays).toEqual([['a', 2000]])
  const begun = streams.subscribe({ stream: 'd', after: null, timing: false, token: 'late' })
  streams.renew('second') // while nobody knows yet how long it may stay
  await expect.poll(() => stays).toHaveLength(2)
  late.resolve({ untilMs: 500 })
  await begun
  expect(added.at(-1)).toBe('d 2000')
  ws.bufferedAmount = 256 * 1024 // of other streams: each has the time that takes
  await backend.append('a', 'x')
  await expect.poll(() => counters.sentEvents).toBe(1)
  for (const ms of [0, 59_999]) viewing[0]?.tick(ms)
  expect(counters.slowCloses).toBe(0)
  viewing[0]?.tick(60_000)
  expect(counters.slowCloses).toBe(1)
  streams.close()
  hubs.close()
})
