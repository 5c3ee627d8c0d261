import { expect, it } from 'vitest'
import { createHealth } from '../../../src/relay/serve/health.ts'

function setUp() {
  const state = { ready: true, open: true, full: false, lagMs: 0, nowMs: 0 }
  const health = createHealth({
    backend: { isReady: () => state.ready },
    limits: { count: () => 3, isFull: () => state.full },
    nowMs: () => state.nowMs,
    isOpen: () => state.open,
    lag: { take: () => state.lagMs, close: () => {} },
  })
  return { state, health }
}

it('is ready with a store, with room, and while it is open', () => {
  const { state, health } = setUp()
  const ready = { ready: true, store: true, draining: false, connections: 3, lagMs: 0 }
  expect(health.readiness()).toEqual(ready)
  state.full = true
  expect(health.readiness()).toEqual({ ...ready, ready: false })
  Object.assign(state, { full: false, open: false })
  expect(health.readiness()).toEqual({ ...ready, ready: false, draining: true })
})

it('bears a store that is away for ten seconds, and none that was never there', () => {
  const { state, health } = setUp()
  state.ready = false
  expect(health.readiness()).toMatchObject({ ready: false, store: false })
  state.ready = true
  health.tick() // nobody asks, and still it is known
  Object.assign(state, { ready: false, nowMs: 10_000 })
  expect(health.readiness()).toMatchObject({ ready: true, store: true })
  state.nowMs = 10_001
  expect(health.readiness()).toMatchObject({ ready: false, store: false })
  state.ready = true
  expect(health.readiness().ready).toBe(true)
})

it('is not ready while the event loop is late', () => {
  const { state, health } = setUp()
  state.lagMs = 500
  health.tick()
  expect(health.readiness()).toMatchObject({ ready: true, lagMs: 500 })
  state.lagMs = 501
  health.tick()
  expect(health.readiness()).toMatchObject({ ready: false, lagMs: 501 })
})

it('notices an event loop that is blocked again and again', async () => {
  const health = createHealth({
    backend: { isReady: () => true },
    limits: { count: () => 0, isFull: () => false },
    nowMs: () => performance.now(),
    isOpen: () => true,
  })
  const block = (): void => {
    for (const endMs = performance.now() + 80; performance.now() < endMs;);
  }
  await expect
    .poll(
      async () => {
        health.tick()
        for (let turn = 0; turn < 5; turn++) {
          block()
          await new Promise(setImmediate)
        }
        health.tick()
        return health.readiness().lagMs
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(20)
  health.close()
})
