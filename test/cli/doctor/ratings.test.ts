// The ratings, without any server: what is measured goes in, what is said of it comes out.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { createAsker, isRead } from '../../../src/cli/doctor/asker.ts'
import { rateChunkSize } from '../../../src/cli/doctor/chunk-size.ts'
import { judgeComparison } from '../../../src/cli/doctor/compare.ts'
import { rateFirstChunk } from '../../../src/cli/doctor/event-pace.ts'
import { rateEviction } from '../../../src/cli/doctor/eviction.ts'
import { explained } from '../../../src/cli/doctor/explain.ts'
import { CHECK_IDS, worstFirst } from '../../../src/cli/doctor/finding.ts'
import type { CheckId, Finding, Rating } from '../../../src/cli/doctor/finding.ts'
import { ratePermissions } from '../../../src/cli/doctor/permissions.ts'
import { rateSlowLog } from '../../../src/cli/doctor/load.ts'
import { paragraph } from '../../../src/cli/doctor/report.ts'
import { rateRoundTrip } from '../../../src/cli/doctor/round-trip.ts'
import { rateRunTtl } from '../../../src/cli/doctor/run-ttl.ts'
import { runOf } from '../../../src/cli/doctor/runs.ts'
import type { Run } from '../../../src/cli/doctor/runs.ts'
import type { ServerFacts } from '../../../src/cli/doctor/server-facts.ts'
import { readFacts } from '../../../src/cli/doctor/stream-facts.ts'
import { screenLines } from '../../../src/cli/doctor/screen.ts'
import { rateTerminalEvent } from '../../../src/cli/doctor/terminal-event.ts'
import { KNOWN, vendorOf } from '../../../src/cli/doctor/vendor.ts'
import { judge } from '../../../src/cli/doctor/verdict.ts'
import { rateWriterRoundTrips, waitsOf } from '../../../src/cli/doctor/writer-round-trips.ts'
import { sunaNames } from '../../../src/wire/redis-names.ts'
import { chunk } from './planted.ts'

const finding = (id: CheckId, rating: Rating, value: number | string = 1): Finding => ({
  id,
  value,
  unit: '',
  rating,
  why: '',
  advice: '',
})
const run: Run = {
  id: 'r',
  key: 'agent_run:r:stream',
  layout: 'suna-stream',
  events: 100,
  ttlMs: 3_600_000,
  bytes: 1000,
  ended: true,
  lastedMs: 60_000,
}
const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms)

describe('what is sent', () => {
  it.each([
    [['GET', 'a'], false],
    [['KEYS', '*'], false],
    [['RPUSH', 'a', 'b'], false],
    [['PUBLISH', 'a', 'b'], false],
    [['CONFIG', 'SET', 'maxmemory', '0'], false],
    [['CLIENT', 'KILL', 'TYPE', 'normal'], false],
    [['MEMORY', 'PURGE'], false],
    [['ACL', 'SETUSER', 'x'], false],
    [['SLOWLOG', 'RESET'], false],
    [['LRANGE', 'a', '0', '1'], true],
    [['CONFIG', 'GET', 'save'], true],
  ])('%j: %s', async (args, expected) => {
    expect(isRead(args)).toBe(expected)
    const send = vi.fn(() => Promise.resolve('OK'))
    const asked = createAsker(send).ask(...args)
    if (expected) await asked
    else await expect(asked).rejects.toThrow('doctor does not send')
    expect(send).toHaveBeenCalledTimes(expected ? 1 : 0)
  })

  it('is no more than the budget', async () => {
    const asker = createAsker(() => Promise.resolve('PONG'), 2)
    await asker.ask('PING')
    await asker.ask('PING')
    await expect(asker.ask('PING')).rejects.toThrow('2 commands at most')
  })
})

describe('the order', () => {
  it('is worst first, the explained after the rest, ties as the checks stand', () => {
    const ratings = fc.constantFrom<Rating>(
      ...(['good', 'needs-work', 'poor', 'not-allowed', 'not-reported'] as const),
    )
    const any = fc.tuple(...CHECK_IDS.map((id) => ratings.map((rating) => finding(id, rating))))
    fc.assert(
      fc.property(any, (all) => {
        const sorted = explained(all)
        expect(sorted.map(({ id }) => id).toSorted()).toEqual(CHECK_IDS.toSorted())
        for (const one of sorted.filter(({ because }) => because !== undefined)) {
          expect(one.rating).not.toBe('poor')
          const at = sorted.indexOf(one)
          expect(sorted.findIndex(({ id }) => id === one.because)).toBeLessThan(at)
        }
        expect(sorted).toEqual(worstFirst(sorted))
      }),
    )
  })

  it('begins with what the verdict names, unless nothing slows streams down', () => {
    const ratings = fc.constantFrom<Rating>(
      ...(['good', 'needs-work', 'poor', 'not-allowed', 'not-reported'] as const),
    )
    const mild = fc.constantFrom<Rating>('good', 'needs-work', 'not-reported') // all that it can be
    const any = fc.tuple(
      ...CHECK_IDS.map((id) =>
        (id === 'persistence' ? mild : ratings).map((rating) => finding(id, rating)),
      ),
    )
    fc.assert(
      fc.property(any, (all) => {
        const sorted = explained(all)
        const { code } = judge(sorted, true)
        if (code !== 'healthy') expect(sorted[0]?.id).toBe(code)
      }),
    )
    const lost = [finding('persistence', 'needs-work'), finding('slow-log', 'needs-work')]
    expect(judge(explained(lost), true).code).toBe('slow-log')
    expect(explained(lost).map(({ id }) => id)).toEqual(['slow-log', 'persistence'])
  })

  it('puts a symptom behind its cause', () => {
    const sorted = explained([
      finding('round-trip', 'poor', 155),
      finding('event-gap', 'needs-work'),
      finding('writer-round-trips', 'poor'),
    ])
    expect(sorted.map(({ id, rating, because }) => [id, rating, because])).toEqual([
      ['writer-round-trips', 'poor', undefined],
      ['round-trip', 'needs-work', 'writer-round-trips'],
      ['event-gap', 'needs-work', 'writer-round-trips'],
    ])
  })
})

describe('ratings', () => {
  it.each([
    [4.9, 'good'],
    [5, 'needs-work'],
    [49.9, 'needs-work'],
    [50, 'poor'],
  ])('a round trip of %d ms is %s', (ms, rating) => {
    expect(rateRoundTrip(times(20, ms))).toMatchObject({ value: ms, rating })
  })

  it.each([
    ['noeviction', 0.5, 0, 'good'],
    ['noeviction', 0.85, 0, 'needs-work'],
    ['noeviction', 0.99, 0, 'poor'],
    ['allkeys-lru', 0.5, 0, 'needs-work'],
    ['allkeys-lru', 0.9, 7, 'poor'],
    ['volatile-ttl', 0.5, 0, 'good'],
    ['volatile-ttl', 0.97, 0, 'poor'],
    ['optimistic-volatile', 0.99, 0, 'needs-work'],
  ])('%s at %d of its memory, %d evicted meanwhile, is %s', (policy, share, evictedNow, rating) => {
    const facts = { policy, usedBytes: share * 1e6, maxBytes: 1e6, evictedNow, evicted: 0 }
    expect(rateEviction({ ...facts, shortestTtlMs: 1000 })).toMatchObject({ rating })
  })

  it.each([
    [[run], 'good'],
    [[run, { ...run, ttlMs: Infinity }], 'poor'],
    [[run, { ...run, ttlMs: Infinity, ended: false }], 'needs-work'],
    [[{ ...run, ttlMs: null }], 'not-allowed'],
    [[{ ...run, ttlMs: 86_000_000 }], 'needs-work'],
    [[run, { ...run, ttlMs: 30_000, ended: false }], 'poor'],
    [[], 'not-reported'],
  ])('the times of runs %#', (runs, rating) => {
    const found = { runs, seen: runs.length, isComplete: true, isRefused: false }
    expect(rateRunTtl(found)).toMatchObject({ rating })
  })

  it.each([
    [true, 0, 'good'],
    [false, 1000, 'good'],
    [false, 120_000, 'needs-work'],
    [false, 700_000, 'poor'],
  ])('the end of a run: ended %s, idle %d ms, is %s', (ended, idleMs, rating) => {
    expect(rateTerminalEvent({ run: { ...run, ended }, idleMs })).toMatchObject({ rating })
  })

  const slow = (...commands: readonly (readonly [verb: string, ms: number])[]) => {
    const reply = commands.map(([verb, ms], at) => [at, 1000, ms * 1000, [verb]])
    return rateSlowLog({ kind: 'answered', reply }, 1_000_000)
  }

  it('holds no command against a server that held nobody up', () => {
    expect(slow()).toMatchObject({ value: 0, unit: 'slow commands/h', rating: 'good' })
    expect(slow(['EVAL', 16])).toMatchObject({ unit: 'slow command/h', rating: 'good', advice: '' })
    expect(slow(['EVAL', 16])?.why).toBe('EVAL took 16 ms. Everybody else waited for it.')
    expect(slow(['LRANGE', 60], ['LRANGE', 40])).toMatchObject({ value: 2, rating: 'needs-work' })
    expect(slow(['KEYS', 1000])).toMatchObject({ rating: 'poor' })
  })

  it('advises on the commands that were slow', () => {
    const advice = (...verbs: readonly string[]) =>
      slow(...verbs.map((verb) => [verb, 100] as const))?.advice
    expect(advice('KEYS')).toBe('KEYS becomes SCAN.')
    expect(advice('EVALSHA', 'EVAL')).toBe('A script does less at a time.')
    expect(advice('DEL', 'LRANGE', 'DEL')).toBe(
      'Big deletes become UNLINK; a range goes on where the last one ended.',
    )
    expect(advice('SINTER')).toBe('SINTER is asked for less at a time.')
  })

  it.each([
    [null, /look while the run goes on/],
    ['listening', /^A list keeps no times, and listening began behind the first text/],
    ['entry ids', /^The first text is not there any more/],
  ] as const)('says why the first text has no time, its source being %s', (source, why) => {
    const pace = { perSecond: [3], gapsMs: [], firstChunkMs: null, source }
    expect(rateFirstChunk(pace)).toMatchObject({
      rating: 'not-reported',
      why: expect.stringMatching(why),
    })
  })

  it('takes only what the whole range shows for a difference', () => {
    const work = { work: 'a', firstMs: 1, secondMs: 1, ratio: 2 }
    expect(judgeComparison([{ ...work, low: 1.3, high: 3 }]).code).toBe('first-faster')
    expect(judgeComparison([{ ...work, low: 0.9, high: 3 }]).code).toBe('no-difference')
    expect(judgeComparison([{ ...work, low: 0.1, high: 0.5 }]).code).toBe('second-faster')
  })
})

describe('the rights', () => {
  const rate = (refused: readonly string[]): Finding => {
    const uses = {
      reading: ['LRANGE'],
      waking: ['SUBSCRIBE'],
      tracking: ['CLIENT ID', 'CLIENT TRACKING'],
      blocking: ['XREAD', 'CLIENT UNBLOCK'],
    } as const
    const tried = Object.entries(uses).flatMap(([use, commands]) =>
      commands.map((command) => ({
        command,
        use: use as keyof typeof uses,
        allowed: !refused.includes(command),
        known: true,
      })),
    )
    const slowLog = { kind: 'answered', reply: [] } as const
    return ratePermissions(tried, { slowLog } as unknown as ServerFacts)
  }

  it.each([
    [[], 'good', '4 of 4'],
    [['XREAD', 'CLIENT UNBLOCK'], 'good', '4 of 4'],
    [['CLIENT TRACKING'], 'needs-work', '5 of 6'],
    [['CLIENT ID', 'XREAD'], 'needs-work', '4 of 6'],
    [['LRANGE'], 'poor', '3 of 4'],
  ])('without %j are %s', (refused, rating, count) => {
    const { value, unit, ...found } = rate(refused)
    expect(found).toMatchObject({ rating })
    expect(`${value} ${unit}`).toBe(`${count} commands`)
    for (const command of refused) expect(found.why.includes(command)).toBe(rating !== 'good')
  })
})

describe('the writer', () => {
  const heardOf = (delays: readonly number[], periodMs: number) => ({
    writesMs: delays.map((_, at) => at * periodMs),
    bellsMs: delays.map((delay, at) => at * periodMs + delay),
  })
  const facts = { gapsMs: [], roundTripMs: 0.2, writerRttMs: null, ended: false }
  const rate = (more: object): Finding => rateWriterRoundTrips({ ...facts, heard: null, ...more })

  it('is seen to await two commands where the doorbell is one round trip late', () => {
    const heard = heardOf(times(12, 155), 310)
    expect(waitsOf(heard)).toMatchObject({ delayMs: 155, periodMs: 310, isNarrow: true })
    expect(rate({ heard })).toMatchObject({ rating: 'poor', value: 2 })
  })

  it('is not bound by a wait that is a small part of its pause', () => {
    expect(rate({ heard: heardOf(times(12, 155), 2000) })).toMatchObject({ rating: 'needs-work' })
  })

  it.each([0, 2, -2])('sends both at once where they come %d ms apart', (delay) => {
    expect(rate({ heard: heardOf(times(12, delay), 310) })).toMatchObject({
      rating: 'good',
      value: 0,
    })
  })

  it('is not known where doorbells come at any time', () => {
    const heard = heardOf([20, 200, 90, 150, 40, 280, 10, 120], 310)
    expect(rate({ heard })).toMatchObject({ rating: 'not-reported', value: null })
  })

  it('is not told from a model by even gaps alone, but by a round trip measured there', () => {
    const gapsMs = times(30, 310)
    expect(rate({ gapsMs, roundTripMs: 155 })).toMatchObject({ rating: 'needs-work', value: 2 })
    expect(rate({ gapsMs })).toMatchObject({ rating: 'not-reported' })
    expect(rate({ gapsMs, writerRttMs: 155 })).toMatchObject({ rating: 'poor', value: 2 })
    const uneven = gapsMs.map((gap, at) => gap * (0.3 + (at % 7) / 3))
    expect(rate({ gapsMs: uneven, writerRttMs: 155 })).toMatchObject({ rating: 'not-reported' })
  })
})

describe('a sample of a run', () => {
  const facts = (data: readonly string[]) =>
    readFacts({
      run,
      segments: [data.map((text, at) => ({ data: text, ms: at * 100 }))],
      isTrimmed: false,
      idleMs: 0,
    })

  it('has its text read by the protocol that it is', () => {
    const suna = (content: string, status: string): string =>
      JSON.stringify({
        sequence: 0,
        message_id: null,
        thread_id: 't',
        type: 'assistant',
        is_llm_message: true,
        content: JSON.stringify({ role: 'assistant', content }),
        metadata: JSON.stringify({ stream_status: status, thread_run_id: 'r' }),
      })
    const whole = facts([suna('One', 'chunk'), suna(' two', 'chunk'), suna('One two', 'complete')])
    expect(whole).toMatchObject({ protocol: 'suna', chars: 7, gapsMs: [100], firstChunkMs: 0 })
    expect(facts([chunk('abc'), '{"type":"RUN_FINISHED"}', 'no json'])).toMatchObject({
      protocol: 'ag-ui',
      events: 3,
      chars: 3,
      perSecond: [3],
    })
  })

  it.each([
    [3, 'poor'],
    [4, 'needs-work'],
    [8, 'good'],
  ])('of %d characters a chunk is %s', (chars, rating) => {
    const sample = facts(Array.from({ length: 9 }, () => chunk('x'.repeat(chars))))
    expect(rateChunkSize(sample)).toMatchObject({ value: chars, rating })
  })
})

it('knows runs by their names, and nothing else', () => {
  expect(runOf('agent_run:a-1:stream', sunaNames)).toMatchObject({ id: 'a-1' })
  expect(runOf('agent_run:a-1:responses', sunaNames)).toMatchObject({ layout: 'suna-list' })
  expect(runOf('agent_run:a:stream:health_check', sunaNames)).toBeNull()
  expect(runOf('agent_run::stream', sunaNames)).toBeNull()
})

it.each([
  ['x.upstash.io', {}, 'Upstash'],
  ['redis.railway.internal', {}, 'Railway'],
  ['red-abc123', {}, 'Render'],
  ['a.b.use1.cache.amazonaws.com', {}, 'ElastiCache'],
  ['localhost', { valkey_version: '8.1' }, 'Valkey'],
  ['localhost', { dragonfly_version: 'df-1' }, 'Dragonfly'],
  ['localhost', { redis_version: '7.0' }, 'Redis'],
])('recognises the offer at %s with %j', (host, info, name) => {
  expect(vendorOf(new Map(Object.entries(info)), host).name).toBe(name)
})

it.each(KNOWN)('claims nothing of $name without a page that says so', ({ limits, sources }) => {
  expect(sources.length > 0).toBe(limits !== '')
  const page = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8')
  for (const source of sources) expect(page).toContain(`(${source})`)
})

it('draws no more than there is room for, its footer included', () => {
  const stream = {
    layout: 'suna-list',
    events: 1,
    eventsPerS: 1,
    charsPerEvent: 4,
    lagMs: 1,
  } as const
  const streams = Array.from({ length: 60 }, (_, at) => ({ ...stream, id: `run-${at}` }))
  const look = { streams, eventsPerS: 60, charsPerEvent: 4, lagMs: 1 }
  const lines = screenLines(look, { title: 'title', viewers: 3, trouble: null }, 23)
  expect(lines).toHaveLength(23)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(lines[1]).toBe('streams 60, 60 busy  events/s 60  chars/event 4  lag 1 ms  viewers 3')
  expect(lines.at(-1)).toContain('Ctrl-C ends')
})

it('breaks text into lines of 80 columns', () => {
  const lines = paragraph('1. ', 'word '.repeat(60).trim())
  expect(lines.every((line) => line.length <= 80)).toBe(true)
  expect(lines.map((line) => line.trim()).join(' ')).toBe(`1. ${'word '.repeat(60).trim()}`)
})
