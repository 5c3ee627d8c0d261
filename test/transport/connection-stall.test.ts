// A browser's locks, shared by its tabs, and its limit of connections, as far as they can be played without one.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentStreamError } from '../../src/core/errors.ts'
import { createManualClock, type ManualClock } from '../../src/testing/manual-clock.ts'
import { type HeldConnection, holdConnection } from '../../src/transport/connection-stall.ts'

const PAGE = 'https://app.test/chat'

interface FakeLocks {
  readonly held: LockInfo[]
  readonly manager: Pick<LockManager, 'query'> & { request: unknown }
}

function fakeLocks(grant: (run: () => void) => void = (run) => run()): FakeLocks {
  const held: LockInfo[] = []
  const request = (name: string, { mode = 'exclusive' }: LockOptions, run: () => Promise<void>) =>
    new Promise<void>((resolve) => {
      grant(() => {
        const lock: LockInfo = { name, mode }
        held.push(lock)
        const release = (): void => void held.splice(held.indexOf(lock), 1)
        resolve(run().then(release))
      })
    })
  return { held, manager: { request, query: async () => ({ held: [...held], pending: [] }) } }
}

let clock: ManualClock
let stalls: AgentStreamError[]
let open: HeldConnection[]

const browser = (locks: unknown, entries: readonly object[] = []): void => {
  vi.stubGlobal('location', { href: PAGE })
  vi.stubGlobal('navigator', { locks })
  vi.spyOn(performance, 'getEntries').mockReturnValue(entries as PerformanceEntry[])
}
const hold = (url = '/v1/streams/a/events'): HeldConnection => {
  const connection = holdConnection(url, clock, (error) => stalls.push(error))
  open.push(connection)
  return connection
}
const holdAnswered = (count: number, url?: string): void => {
  for (let n = 0; n < count; n++) hold(url).answered()
}

beforeEach(() => {
  clock = createManualClock()
  stalls = []
  open = []
})
afterEach(() => {
  for (const connection of open) connection.release()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe.each([
  ['with locks', () => fakeLocks().manager],
  ['in a page that may not lock', () => undefined],
  [
    'in a frame without an origin of its own',
    () => {
      const refuse = (): Promise<never> => Promise.reject(new DOMException('no', 'SecurityError'))
      return { request: refuse, query: refuse }
    },
  ],
])('%s', (_, locks) => {
  it('says of the seventh what it waits for, where, and what to do', async () => {
    browser(locks())
    holdAnswered(6)
    hold()
    await clock.advance(3999)
    expect(stalls).toEqual([])
    await clock.advance(1)
    expect(stalls).toHaveLength(1)
    expect(stalls[0]).toMatchObject({ name: 'AgentStreamError', code: 'connection-stalled' })
    expect(stalls[0]?.message).toContain('https://app.test')
    expect(stalls[0]?.message).toContain('6 other')
    expect(stalls[0]?.message).toContain('HTTP/2')
    expect(stalls[0]?.message).toContain("webSocket({ url: '/v1/ws', stream })")
    await clock.advance(60_000)
    expect(stalls).toHaveLength(1)
  })

  it('says nothing of the sixth, which is only slow', async () => {
    browser(locks())
    holdAnswered(5)
    hold()
    await clock.advance(10_000)
    expect(stalls).toEqual([])
  })

  it('says nothing of one that was answered in time, or given up', async () => {
    browser(locks())
    holdAnswered(7)
    hold().release()
    await clock.advance(10_000)
    expect(stalls).toEqual([])
  })

  it('counts only what is still open, and to the same origin', async () => {
    browser(locks())
    holdAnswered(6)
    holdAnswered(3, 'https://elsewhere.test/events')
    open[0]?.release()
    open[0]?.release()
    hold()
    await clock.advance(10_000)
    expect(stalls).toEqual([])
    hold()
    await clock.advance(10_000)
    expect(stalls).toHaveLength(1)
  })
})

describe('the protocol', () => {
  const entry = (name: string, nextHopProtocol: string): object => ({ name, nextHopProtocol })

  it.each(['h2', 'h3', 'h3-29'])(
    '%s needs no report: all requests share a connection',
    async (protocol) => {
      browser(fakeLocks().manager, [{ name: 'a mark' }, entry('https://app.test/chat', protocol)])
      holdAnswered(6)
      hold()
      await clock.advance(10_000)
      expect(stalls).toEqual([])
    },
  )

  it.each([
    ['http/1.1', 'https://app.test/chat'],
    ['', 'https://app.test/chat'],
    ['h2', 'https://app.test.evil.test/chat'],
  ])('%s at %s keeps the report', async (protocol, name) => {
    browser(fakeLocks().manager, [entry(name, protocol)])
    holdAnswered(6)
    hold()
    await clock.advance(10_000)
    expect(stalls).toHaveLength(1)
  })
})

describe('the locks', () => {
  it('are shared, one for every open request, and named after the origin alone', async () => {
    const locks = fakeLocks()
    browser(locks.manager)
    const secret = hold('/v1/streams/a/events?token=secret')
    expect(locks.held).toEqual([{ name: 'framewise https://app.test', mode: 'shared' }])
    secret.release()
    await clock.settle()
    expect(locks.held).toEqual([])
  })

  it('do not outlive a request that was over before its lock came', async () => {
    const grants: (() => void)[] = []
    const locks = fakeLocks((run) => grants.push(run))
    browser(locks.manager)
    hold().release()
    for (const grant of grants) grant()
    await clock.settle()
    expect(locks.held).toEqual([])
  })

  it('are not asked again when the answer comes while they are', async () => {
    const locks = fakeLocks()
    const asked = Promise.withResolvers<LockManagerSnapshot>()
    browser({ ...locks.manager, query: () => asked.promise })
    holdAnswered(6)
    const late = hold()
    await clock.advance(4000)
    late.answered()
    asked.resolve({ held: locks.held, pending: [] })
    await clock.settle()
    expect(stalls).toEqual([])
  })
})

it('does nothing outside of a browser', async () => {
  const request = vi.fn()
  vi.stubGlobal('navigator', { locks: { request } })
  holdAnswered(6)
  hold('/relative')
  await clock.advance(10_000)
  expect(stalls).toEqual([])
  expect(request).not.toHaveBeenCalled()
})
