import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRingBudget } from '../../../src/relay/hub/ring.ts'
import type { EventRing } from '../../../src/relay/hub/ring.ts'
import { BackendUnavailableError } from '../../../src/relay/index.ts'
import { answerAll, join, POLL_MS, settle, setUpHub } from './hub-rig.ts'
import { createScriptedBackend } from '../scripted-backend.ts'

const COMPLETED = '{"type":"status","status":"completed"}'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a hub', () => {
  it('coalesces a burst of doorbells into one read in flight and one after', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { pageEvents: 100, ringEvents: 100 })
    const viewer = join(hub)
    await answerAll(backend)
    const before = backend.reads()
    for (let n = 0; n < 50; n++) backend.write(String(n))
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(50)
    expect(backend.reads() - before).toBeLessThanOrEqual(2)
    hub.close()
  })

  it.each(Array.from({ length: 30 }, (_, turns) => turns))(
    'hears a doorbell that rings %i turns after an answer',
    async (turns) => {
      const backend = createScriptedBackend()
      const hub = setUpHub(backend)
      const viewer = join(hub)
      await answerAll(backend)
      backend.write('0')
      await settle()
      backend.answer()
      for (let n = 0; n < turns; n++) await Promise.resolve()
      backend.write('1')
      await answerAll(backend)
      expect(viewer.payloads()).toEqual(['0', '1'])
      hub.close()
    },
  )

  it('reads on at once while pages come back full', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { ringEvents: 100 })
    const viewer = join(hub)
    await answerAll(backend)
    for (let n = 0; n < 10; n++) backend.write(String(n), { ring: false })
    backend.ring()
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(10)
    hub.close()
  })

  it('reads once for all viewers at the same place', async () => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 2; n++) backend.write(String(n))
    const hub = setUpHub(backend)
    const viewers = Array.from({ length: 20 }, () => join(hub))
    await answerAll(backend)
    for (const viewer of viewers) expect(viewer.payloads()).toEqual(['0', '1'])
    expect(backend.reads()).toBe(2) // the shared page, and the hub's own first read
    hub.close()
  })

  it('finds by a poll what no doorbell told', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const viewer = join(hub)
    await answerAll(backend)
    backend.write('unheard', { ring: false })
    await answerAll(backend)
    expect(viewer.payloads()).toEqual([])
    await vi.advanceTimersByTimeAsync(POLL_MS * 1.2)
    await answerAll(backend)
    expect(viewer.payloads()).toEqual(['unheard'])
    hub.close()
  })

  it('polls an idle stream again and again, and no busy one', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    join(hub)
    await answerAll(backend)
    const before = backend.reads()
    for (let n = 0; n < 5; n++) {
      await vi.advanceTimersByTimeAsync(POLL_MS)
      await answerAll(backend)
    }
    expect(backend.reads() - before).toBe(5)
    for (let n = 0; n < 5; n++) {
      await vi.advanceTimersByTimeAsync(POLL_MS / 2)
      backend.write(String(n))
      await answerAll(backend)
    }
    expect(backend.reads() - before).toBe(10)
    hub.close()
  })

  it('waits for a store that is away, until the next doorbell or for a while, and loses nothing', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const viewer = join(hub)
    for (let n = 0; n < 9; n++) {
      await settle()
      expect(backend.fail(new BackendUnavailableError('away'))).toBe(true)
      backend.write(String(n)) // its doorbell
    }
    await settle()
    backend.fail(new BackendUnavailableError('away'))
    await vi.advanceTimersByTimeAsync(20_000)
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(9)
    hub.close()
  })

  it('asks a store that is away every four seconds at least, however long it is', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { random: () => 1, pollMs: 1e9 })
    const viewer = join(hub)
    for (let seconds = 0; seconds < 60; seconds += 4) {
      await settle()
      expect(backend.fail(new BackendUnavailableError('away'))).toBe(true)
      await vi.advanceTimersByTimeAsync(4000)
    }
    backend.write('0', { ring: false })
    await answerAll(backend)
    expect(viewer.payloads()).toEqual(['0'])
    hub.close()
  })

  it('asks a store that refuses a few times, whatever rings, and loses nothing when it relents', async () => {
    const backend = createScriptedBackend()
    const warn = vi.fn<(message: string) => void>()
    const hub = setUpHub(backend, { logger: { info: () => {}, warn } })
    const viewer = join(hub)
    await settle()
    for (let n = 0; n < 3; n++) {
      backend.fail(new Error('WRONGTYPE'))
      for (let rings = 0; rings < 20; rings++) backend.ring()
      await settle()
      expect(backend.reads()).toBe(n + 1)
      await vi.advanceTimersByTimeAsync(1000 * 2 ** n)
    }
    backend.write('0')
    await answerAll(backend)
    expect(viewer.payloads()).toEqual(['0'])
    expect(warn).toHaveBeenCalledTimes(1)
    hub.close()
  })

  it.each(['while its viewers follow it', 'before anyone was served'])(
    'tells its viewers that the store refuses to read, %s, and makes room for another',
    async (when) => {
      const backend = createScriptedBackend()
      const onEnd = vi.fn<(end: unknown) => void>()
      const hub = setUpHub(backend, { onEnd })
      const viewers = [join(hub), join(hub)]
      const live = when.startsWith('while')
      if (live) await answerAll(backend)
      const full = join(hub)
      if (live) await answerAll(backend)
      full.block()
      backend.write('0')
      const before = backend.reads()
      for (let n = 0; n < 4; n++) {
        await settle()
        expect(backend.fail(new Error('WRONGTYPE'))).toBe(true)
        await vi.advanceTimersByTimeAsync(8000)
      }
      await settle()
      full.drain()
      for (const { text, ended } of [...viewers, full]) {
        expect(text()).toContain('"code":"backend-unavailable"')
        expect(text()).not.toContain('WRONGTYPE') // that is the operator's
        expect(ended()).toBe(true)
      }
      expect(backend.reads() - before).toBeLessThanOrEqual(4)
      expect(onEnd).toHaveBeenCalledTimes(live ? 1 : 0)
      backend.ring()
      await vi.advanceTimersByTimeAsync(10 * POLL_MS)
      expect(backend.answer()).toBe(false)
      hub.close()
    },
  )

  it('tells it also a viewer that is ahead of it', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    join(hub)
    await answerAll(backend)
    const after = backend.write('0')
    await answerAll(backend)
    backend.write('unheard', { ring: false })
    const page = hub.page(after)
    await answerAll(backend)
    const ahead = join(hub, { after, page: await page })
    await answerAll(backend)
    expect(ahead.payloads()).toEqual(['unheard'])
    backend.ring()
    for (let n = 0; n < 4; n++) {
      await settle()
      backend.fail(new Error('WRONGTYPE'))
      await vi.advanceTimersByTimeAsync(8000)
    }
    expect(ahead.text()).toContain('"code":"backend-unavailable"')
    hub.close()
  })

  it('takes nothing from the budget of all rings once it is closed, whenever its read came back', async () => {
    for (let hops = 0; hops < 12; hops++) {
      let held = 0
      const budget = { rings: new Set<EventRing>(), count: (bytes: number) => void (held += bytes) }
      const backend = createScriptedBackend()
      const hub = setUpHub(backend, { budget })
      join(hub)
      await answerAll(backend)
      backend.write('x')
      await settle()
      backend.answer()
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
      hub.close()
      await settle()
      expect(held, `closed ${hops} turns after the answer`).toBe(0)
    }
  })

  it('leaves the budget of all rings when it closes', async () => {
    const backend = createScriptedBackend()
    const budget = createRingBudget(1000)
    const hub = setUpHub(backend, { budget })
    join(hub)
    await answerAll(backend)
    backend.write('0')
    await answerAll(backend)
    expect([...budget.rings].map((ring) => ring.held() > 0)).toEqual([true])
    hub.close()
    expect(budget.rings.size).toBe(0)
  })

  it('reads once in a while as long as events come fast, and at once after a silence', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { readCoalesceMs: 100, ringEvents: 1000, pollMs: 1e6 })
    const viewer = join(hub)
    await answerAll(backend)
    await vi.advanceTimersByTimeAsync(500)
    const before = backend.reads()
    backend.write('at once')
    await answerAll(backend)
    expect(backend.reads() - before).toBe(1)
    expect(viewer.payloads()).toEqual(['at once'])
    for (let ms = 0; ms < 1000; ms += 10) {
      await vi.advanceTimersByTimeAsync(10)
      if (ms % 50 === 0) backend.write(String(ms))
      await answerAll(backend)
    }
    expect(backend.reads() - before).toBe(11)
    await vi.advanceTimersByTimeAsync(500)
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(21)
    backend.write('after a silence')
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(22)
    hub.close()
  })

  it('does not wait between full pages', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend, { readCoalesceMs: 100, ringEvents: 1000 })
    const viewer = join(hub)
    await answerAll(backend)
    await vi.advanceTimersByTimeAsync(200)
    for (let n = 0; n < 10; n++) backend.write(String(n))
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(10)
    hub.close()
  })

  it('ends its viewers after the terminal event, and what follows it is never sent', async () => {
    const backend = createScriptedBackend()
    const onEnd = vi.fn<(end: unknown) => void>()
    const hub = setUpHub(backend, { onEnd })
    const viewer = join(hub)
    await answerAll(backend)
    for (const payload of ['0', COMPLETED, 'never']) backend.write(payload)
    await answerAll(backend)
    expect(viewer.payloads()).toEqual(['0', COMPLETED])
    expect(viewer.ended()).toBe(true)
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(null)
    hub.close()
  })

  it('ends a viewer that stands at the terminal event already', async () => {
    const backend = createScriptedBackend()
    backend.write('text')
    const viewer = join(setUpHub(backend), { after: backend.write(COMPLETED) })
    await answerAll(backend)
    expect(viewer.payloads()).toEqual([])
    expect(viewer.text()).toContain('"reason":"completed"')
    expect(viewer.ended()).toBe(true)
  })

  it('serves a viewer whose first page is older than the ring, without waiting for more', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    backend.write('0')
    const early = hub.page(null)
    await answerAll(backend)
    backend.write('1')
    join(hub)
    await answerAll(backend)
    const late = join(hub, { page: await early })
    await answerAll(backend)
    expect(late.payloads()).toEqual(['0', '1'])
    hub.close()
  })

  it('shares no read that began before its ring changed', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const cursor = backend.write('0')
    void hub.page(null)
    join(hub, { after: cursor })
    await settle()
    backend.answer(1) // the viewer's: it seeds the ring
    await settle()
    const before = backend.reads()
    void hub.page(null)
    await settle()
    expect(backend.reads()).toBe(before + 1)
    hub.close()
  })

  it('serves the new log only to who comes after the old one was replaced', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const early = join(hub)
    await answerAll(backend)
    backend.write('old')
    await answerAll(backend)
    backend.remove()
    backend.write('new')
    await answerAll(backend)
    const late = join(hub)
    await answerAll(backend)
    expect(early.payloads()).toEqual(['old', 'new'])
    expect(early.text()).toContain('"reason":"replaced"')
    expect(late.payloads()).toEqual(['new'])
    expect(late.text()).not.toContain('relay.gap')
    hub.close()
  })

  it('sends away who has read on into the log of a later run, which another hub follows', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    const slow = join(hub)
    await answerAll(backend)
    slow.block()
    for (const payload of ['0', '1', '2', '3', '4', COMPLETED]) {
      backend.write(payload)
      await answerAll(backend)
    }
    backend.remove()
    backend.write('later')
    slow.drain()
    await answerAll(backend)
    expect(slow.payloads()).toEqual(['0', 'later'])
    expect(slow.text()).not.toContain('relay.end')
    expect(slow.text()).toContain('event: relay.reconnect')
    expect(slow.ended()).toBe(true)
    hub.close()
  })

  it('gives nothing twice to who finds the log gone before the hub does', async () => {
    const backend = createScriptedBackend()
    const hub = setUpHub(backend)
    join(hub)
    await answerAll(backend)
    const after = backend.write('0')
    const viewer = join(hub, { after })
    await settle() // two reads wait: the hub's, and the viewer's
    backend.look(0)
    backend.remove()
    backend.answer(1)
    await answerAll(backend)
    expect(viewer.text()).toContain('"reason":"expired"')
    expect(viewer.payloads()).toEqual([])
    hub.close()
  })

  it('is idle also when nobody ever joined', async () => {
    const onIdle = vi.fn<() => void>()
    const hub = setUpHub(createScriptedBackend(), { onIdle })
    await vi.advanceTimersByTimeAsync(60)
    expect(onIdle).toHaveBeenCalledOnce()
    hub.close()
  })

  it('is idle some time after the last viewer left, unless another came', async () => {
    const backend = createScriptedBackend()
    const onIdle = vi.fn<() => void>()
    const hub = setUpHub(backend, { onIdle })
    join(hub).viewer.close()
    await vi.advanceTimersByTimeAsync(49)
    const second = join(hub)
    await vi.advanceTimersByTimeAsync(500)
    expect(onIdle).not.toHaveBeenCalled()
    second.viewer.close()
    await vi.advanceTimersByTimeAsync(50)
    expect(onIdle).toHaveBeenCalledOnce()
    hub.close()
  })

  it.each([
    ['events', 1e6],
    ['events that are too large to send', 1000],
  ])('reads large %s in short pages', async (_what, maxEventBytes) => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 20; n++) backend.write('x'.repeat(300_000))
    const hub = setUpHub(backend, { pageEvents: 8, maxEventBytes })
    const viewer = join(hub)
    await answerAll(backend)
    expect(viewer.text().match(/^id: /gm)).toHaveLength(20)
    expect(backend.limits.slice(0, 4)).toEqual([8, 1, 1, 1])
    hub.close()
  })

  it('asks for half as much after a read that failed, since it may have been too much', async () => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 100; n++) backend.write(String(n))
    const hub = setUpHub(backend, { pageEvents: 500, ringEvents: 500 })
    const viewer = join(hub)
    for (let n = 0; n < 7; n++) {
      await settle()
      backend.fail(new BackendUnavailableError('away'))
      await vi.advanceTimersByTimeAsync(20_000)
    }
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(100)
    expect(backend.limits.slice(0, 10)).toEqual([32, 16, 8, 4, 2, 1, 1, 1, 2, 4])
    hub.close()
  })

  it('begins with a short page, since it cannot know how large events are', async () => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 200; n++) backend.write(String(n))
    const hub = setUpHub(backend, { pageEvents: 500, ringEvents: 500 })
    const viewer = join(hub)
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(200)
    expect(backend.limits.slice(0, 3)).toEqual([32, 64, 128])
    hub.close()
  })

  it('writes no more of a page than a little to a sink that is full', async () => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 20; n++) backend.write('x'.repeat(50_000))
    backend.write(COMPLETED)
    const hub = setUpHub(backend, { pageEvents: 30, maxEventBytes: 1e6 })
    const viewer = join(hub)
    viewer.block()
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(2)
    expect(viewer.ended()).toBe(false)
    viewer.drain()
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(21)
    expect(viewer.ended()).toBe(true)
    hub.close()
  })

  it('asks nothing of the store for a viewer whose sink is full', async () => {
    const backend = createScriptedBackend()
    for (let n = 0; n < 9; n++) backend.write(String(n))
    const hub = setUpHub(backend)
    const viewer = join(hub)
    viewer.block()
    await answerAll(backend)
    expect(backend.reads()).toBe(1)
    expect(viewer.payloads()).toEqual(['0', '1', '2'])
    viewer.drain()
    await answerAll(backend)
    expect(viewer.payloads()).toHaveLength(9)
    hub.close()
  })
})
