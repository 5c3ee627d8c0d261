import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answerAll, join, settle, setUpHub } from './hub-rig.ts'
import { createScriptedBackend } from '../scripted-backend.ts'
import { parseSse } from '../sse-client.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const stamps = (text: string): unknown[] =>
  parseSse(text)
    .filter(({ event }) => event === 'relay.timing')
    .map(({ data }) => JSON.parse(data))

describe('a viewer', () => {
  it('says where it is with every write', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    for (let n = 0; n < 4; n++) backend.write(String(n))
    const viewer = join(hub)
    await answerAll(backend)
    backend.write('4')
    await answerAll(backend)
    const { writes, positions } = viewer
    const ids = writes.map((bytes) => parseSse(bytes.toString()).at(-1)?.id)
    expect(ids).toEqual(['S-1-2', 'S-1-3', null, 'S-1-4']) // two pages, caught up, and live
    expect(positions).toEqual(['S-1-2', 'S-1-3', 'S-1-3', 'S-1-4'])
    hub.close()
  })

  it('sends a comment after a silence, and no other while events flow', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const { viewer, text } = join(hub, { settings: { heartbeatMs: 3000 } })
    await answerAll(backend)
    const beats = (): number => text().split(': heartbeat\n\n').length - 1
    for (const second of [0, 1, 2]) viewer.tick(second * 1000)
    expect(beats()).toBe(0)
    viewer.tick(3000)
    expect(beats()).toBe(1)
    for (const second of [4, 5, 6]) {
      backend.write('x')
      await answerAll(backend)
      viewer.tick(second * 1000)
    }
    for (const second of [7, 8]) viewer.tick(second * 1000)
    expect(beats()).toBe(1)
    viewer.tick(9000)
    expect(beats()).toBe(2)
    hub.close()
  })

  it('gives up a stream that has not started in time, but not while the store is away', async () => {
    const backend = createScriptedBackend()
    let ready = true
    const hub = setUpHub({ ...backend, isReady: () => ready })
    const { viewer, text, ended } = join(hub, { settings: { startTimeoutMs: 5000 } })
    await answerAll(backend)
    viewer.tick(0)
    ready = false
    viewer.tick(6000)
    ready = true
    viewer.tick(7000)
    viewer.tick(11_000)
    expect(ended()).toBe(false)
    viewer.tick(12_000)
    expect(text()).toContain('"code":"not-started"')
    expect(ended()).toBe(true)
    hub.close()
  })

  it('waits no longer once the stream has started', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const { viewer, ended } = join(hub, { settings: { startTimeoutMs: 5000 } })
    await answerAll(backend)
    viewer.tick(0)
    backend.write('x')
    await answerAll(backend)
    viewer.tick(10_000)
    expect(ended()).toBe(false)
    hub.close()
  })

  it('is sent away when its sink stays full, and not while that drains now and then', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { ringEvents: 100 })
    const steady = join(hub, { settings: { slowMs: 5000 } })
    const slow = join(hub, { settings: { slowMs: 5000 } })
    await answerAll(backend)
    steady.block()
    slow.block()
    const write = async (): Promise<void> => {
      backend.write('x')
      await answerAll(backend)
    }
    await write()
    for (let second = 0; second <= 4; second++) {
      steady.viewer.tick(second * 1000)
      slow.viewer.tick(second * 1000)
    }
    steady.drain()
    steady.block()
    await write()
    expect(slow.ended()).toBe(false)
    for (let second = 5; second <= 9; second++) {
      steady.viewer.tick(second * 1000)
      slow.viewer.tick(second * 1000)
    }
    expect(slow.text()).toContain('"code":"slow"')
    expect(slow.ended()).toBe(true)
    expect(steady.ended()).toBe(false)
    steady.viewer.tick(10_000)
    expect(steady.ended()).toBe(true)
    hub.close()
  })

  it('leaves a sink more time for a large event', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { maxEventBytes: 1e6 })
    const { viewer, block, ended } = join(hub, { settings: { slowMs: 5000 } })
    await answerAll(backend)
    block()
    backend.write('x'.repeat(256 * 1024))
    await answerAll(backend)
    viewer.tick(0)
    viewer.tick(20_000)
    expect(ended()).toBe(false)
    viewer.tick(21_000)
    expect(ended()).toBe(true)
    hub.close()
  })

  it('leaves it that time also for one that ends a catch-up, with more told behind it', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { maxEventBytes: 1e6 })
    backend.write('x'.repeat(256 * 1024))
    const { viewer, block, ended, text } = join(hub, { settings: { slowMs: 5000 } })
    block()
    await answerAll(backend)
    viewer.tell(Buffer.from('event: told\n\n'))
    expect(text()).toMatch(/relay.caught-up[^]*told/)
    viewer.tick(0)
    viewer.tick(20_000)
    expect(ended()).toBe(false)
    viewer.tick(21_000)
    expect(ended()).toBe(true)
    hub.close()
  })

  it('leaves it time for what others wrote into it, up to that of the largest event', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const settings = { slowMs: 5000, maxEventBytes: 256 * 1024 }
    const [busy, crowded] = [64 * 1024 * 2, 1e9].map((bytes) =>
      join(hub, { settings, waiting: () => bytes }),
    )
    await answerAll(backend)
    for (const one of [busy, crowded]) one?.block()
    backend.write('x')
    await answerAll(backend)
    const endedAt = (one = busy): number | undefined =>
      [0, 5000, 9999, 10_000, 19_999, 20_000].find((ms) => {
        one?.viewer.tick(ms)
        return one?.ended()
      })
    expect([endedAt(busy), endedAt(crowded)]).toEqual([10_000, 20_000])
    hub.close()
  })

  it('stamps every write that carries events, from pages and from the ring', async () => {
    vi.setSystemTime(1000)
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    for (let n = 0; n < 2; n++) backend.write(String(n))
    const plain = join(hub)
    const timed = join(hub, { timing: true, settings: { nowMs: () => 5000.5 } })
    await vi.advanceTimersByTimeAsync(7)
    await answerAll(backend)
    backend.write('2')
    await settle()
    await vi.advanceTimersByTimeAsync(3)
    await answerAll(backend)
    const busy = expect.any(Number) as number
    expect(stamps(timed.text())).toEqual([
      { n: 2, readStartMs: 1000, readEndMs: 1007, sentMs: 5000.5, rttMs: 7, busy },
      { n: 1, readStartMs: 1007, readEndMs: 1010, sentMs: 5000.5, rttMs: 3, busy },
    ])
    const order = parseSse(timed.text()).map(({ event, data }) => event ?? data)
    expect(order).toEqual(['relay.timing', '0', '1', 'relay.caught-up', 'relay.timing', '2'])
    expect(stamps(plain.text())).toEqual([])
    // From the ring, the very same bytes in memory.
    expect(timed.writes.at(-1)).toBe(plain.writes.at(-1))
    hub.close()
  })

  it('stamps no gap that nothing follows', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub({
      ...backend,
      read: () =>
        Promise.resolve({
          exists: false,
          gap: 'expired',
          entries: [],
          more: false,
          next: null,
          at: null,
        }),
    })
    const viewer = join(hub, { after: 'S-1-1', timing: true })
    await settle()
    expect(viewer.text()).toContain('relay.gap')
    expect(stamps(viewer.text())).toEqual([])
    viewer.viewer.close()
    hub.close()
  })
})
