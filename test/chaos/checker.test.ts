// The judge is judged: good histories pass, and every kind of bad one is found by the rule that is made for it.
import { describe, expect, it } from 'vitest'
import { checkHistory } from './checker.ts'
import type { LogHistory, Observed, ViewerHistory, Written } from './history.ts'

const COUNT = 10

const written = (change: (event: Written) => Partial<Written> = () => ({})): Written[] =>
  Array.from({ length: COUNT }, (_, seq) => {
    const event = {
      seq,
      payload: JSON.stringify({ seq, delta: `<${seq}>` }),
      text: `<${seq}>`,
      terminal: seq === COUNT - 1,
      acked: true,
    }
    return { ...event, ...change(event) }
  })

const payloads = (from = 0): string[] =>
  written()
    .slice(from)
    .map(({ payload }) => payload)

function logOf(change: Partial<LogHistory> = {}): LogHistory {
  return {
    id: 'run',
    layout: 'list',
    lossless: true,
    written: written(),
    destroyed: 0,
    deleted: new Set(),
    lostTail: new Set(),
    finals: [payloads()],
    ...change,
  }
}

const cursorOf = (seq: number): string => `c${seq}`
const event = (seq: number, cursor = cursorOf(seq)): Observed => ({
  kind: 'event',
  cursor,
  data: payloads()[seq] ?? '',
})
const events = (...seqs: number[]): Observed[] => seqs.map((seq) => event(seq))
const range = (from: number, to = COUNT): Observed[] =>
  events(...Array.from({ length: to - from }, (_, at) => from + at))
const gap = (reason: string, from: number | null, to: number | null): Observed => ({
  kind: 'gap',
  reason,
  from: from === null ? null : cursorOf(from),
  to: to === null ? null : cursorOf(to),
})
const START: Observed = { kind: 'connect', after: null }
const END: Observed = { kind: 'end' }

function viewerOf(observed: Observed[], change: Partial<ViewerHistory> = {}): ViewerHistory {
  return { name: 'viewer', observed: [START, ...observed], settled: true, text: null, ...change }
}

const rules = (log: LogHistory, ...viewers: ViewerHistory[]): string[] => [
  ...new Set(checkHistory(log, viewers).map(({ rule }) => rule)),
]
const judged = (observed: Observed[], log: Partial<LogHistory> = {}): string[] =>
  rules(logOf(log), viewerOf(observed))

describe('a good history', () => {
  it('is the whole log in order, over any number of connections', () => {
    expect(judged([...range(0), END])).toEqual([])
    const again: Observed = { kind: 'connect', after: cursorOf(3) }
    expect(judged([...range(0, 4), again, ...range(4), END])).toEqual([])
  })

  it('may lack what Redis never acknowledged', () => {
    const unsure = written(({ seq }) => ({ acked: seq !== 4 }))
    const finals = [payloads().filter((_, seq) => seq !== 4)]
    expect(judged([...range(0, 4), ...range(5), END], { written: unsure, finals })).toEqual([])
  })

  it('may lack what a gap covers, and is told again what replaced it', () => {
    const lossy = { lossless: false, finals: [payloads(6)] }
    expect(judged([...range(0, 3), gap('trimmed', 2, 6), ...range(6), END], lossy)).toEqual([])
    expect(judged([...range(0, 3), gap('replaced', 2, 6), ...range(6), END], lossy)).toEqual([])
    const same = { lossless: false }
    expect(judged([...range(0, 5), gap('replaced', 4, 0), ...range(0), END], same)).toEqual([])
  })

  it('may begin late where the log before was gone before anything was seen of it', () => {
    const lossy = { lossless: false, destroyed: 4, finals: [payloads(4)] }
    expect(judged([...range(4), END], lossy)).toEqual([])
  })

  it('may lack, unseen, what was taken out of the middle or lost with a master', () => {
    const without = [payloads().filter((_, seq) => seq !== 4)]
    const observed = [...range(0, 4), ...range(5), END]
    for (const how of ['deleted', 'lostTail'] as const) {
      const log = { lossless: false, finals: without, [how]: new Set([4]) }
      expect(judged(observed, log)).toEqual([])
    }
    const seen = { lossless: false, finals: without, deleted: new Set([4]) }
    expect(judged([...range(0), END], seen)).toEqual([])
  })

  it('may meet a relay that has not seen the loss yet, where it left before what the gap promised', () => {
    const again: Observed = { kind: 'connect', after: cursorOf(2) }
    const told = gap('replaced', 2, 0)
    const late = [...events(3), gap('replaced', 3, 0), ...range(0), END]
    const log = { lossless: false }
    expect(judged([...range(0, 3), told, again, ...late], log)).toEqual([])
    expect(judged([...range(0, 3), told, ...late], log)).toEqual(['wrong-gap'])
  })

  it('may end with a gap that takes the rest', () => {
    expect(judged([...range(0, 3), gap('expired', 2, null)], { lossless: false })).toEqual([])
  })
})

describe('a bad history', () => {
  it.each<[string, Observed[], Partial<LogHistory>, string[]]>([
    ['other bytes', [{ kind: 'event', cursor: 'c0', data: '{"seq":0}' }], {}, ['bytes', 'tail']],
    ['bytes of nobody', [{ kind: 'event', cursor: 'c0', data: 'x' }], {}, ['bytes', 'tail']],
    [
      'an event twice',
      [...range(0, 4), event(3, 'other'), ...range(4), END],
      {},
      ['twice', 'tail'],
    ],
    ['a cursor twice', [...range(0, 4), event(4, 'c3'), ...range(5), END], {}, ['twice', 'cursor']],
    [
      'a step back',
      [...range(0, 2), ...events(3, 2), ...range(4), END],
      {},
      ['lost', 'order', 'tail'],
    ],
    ['a hole', [...range(0, 4), ...range(5), END], {}, ['lost', 'tail']],
    ['a late beginning', [...range(1), END], {}, ['lost', 'tail']],
    ['no terminal event', [...range(0, 9), END], {}, ['tail']],
    ['nothing at all', [END], {}, ['tail']],
    [
      'an event without a cursor',
      [{ ...event(0), cursor: null } as Observed, ...range(1), END],
      {},
      ['cursor'],
    ],
    ['a refusal', [{ kind: 'refused', what: 'status 500' }, ...range(0), END], {}, ['refused']],
    [
      'a needless gap',
      [...range(0, 4), gap('replaced', 3, 0), ...range(0), END],
      {},
      ['needless-gap'],
    ],
  ])('with %s', (_, observed, log, expected) => {
    expect(judged(observed, log).toSorted()).toEqual(expected.toSorted())
  })

  it.each<[string, Observed[], Partial<LogHistory>, string[]]>([
    ['from elsewhere', [...range(0, 3), gap('trimmed', 1, 6), ...range(6), END], {}, ['wrong-gap']],
    ['to elsewhere', [...range(0, 3), gap('trimmed', 2, 7), ...range(6), END], {}, ['wrong-gap']],
    [
      'that comes too late',
      [...range(0, 3), ...range(6, 8), gap('trimmed', 7, 8), ...range(8), END],
      {},
      ['lost'],
    ],
    [
      'that hides an event which is still there',
      [...range(0, 3), gap('trimmed', 2, 7), ...range(7), END],
      {},
      ['tail'],
    ],
    [
      'and the old log told once more',
      [...range(0, 3), gap('trimmed', 2, 1), ...range(1), END],
      {},
      ['twice'],
    ],
  ])('with a gap %s', (_, observed, log, expected) => {
    const lossy = { lossless: false, finals: [payloads(6)], ...log }
    expect(judged(observed, lossy)).toEqual(expect.arrayContaining(expected))
  })

  it('lacks what was destroyed after something had been seen of it', () => {
    const lossy = { lossless: false, destroyed: 4, finals: [payloads(4)] }
    expect(judged([...range(0, 2), ...range(4), END], lossy)).toEqual(['lost'])
  })

  it('goes on after a lost tail that it has seen, as if that were still there', () => {
    const finals = [[...payloads().slice(0, 3), ...payloads(5)]]
    const lossy = { lossless: false, lostTail: new Set([3, 4]), finals }
    expect(judged([...range(0), END], lossy)).toEqual(['tail'])
  })

  it('does not come to its end', () => {
    const viewer = viewerOf([...range(0)], { settled: false })
    expect(rules(logOf(), viewer)).toEqual(['unfinished'])
  })

  it('shows another text than it was given', () => {
    const told = (text: string): string[] => rules(logOf(), viewerOf([...range(0), END], { text }))
    const whole = written()
      .map(({ text }) => text)
      .join('')
    expect(told(whole)).toEqual([])
    expect(told(whole.slice(1))).toEqual(['text'])
  })

  it('gives one cursor to two events', () => {
    const other = written(({ seq }) => (seq === 2 ? { payload: '{"seq":2,"v":2}' } : {}))
    const second: Observed = { kind: 'event', cursor: cursorOf(2), data: '{"seq":2,"v":2}' }
    const log = logOf({ written: other })
    const viewer = viewerOf([...range(0, 2), second, ...range(3), END])
    expect(rules(log, viewerOf([...range(0), END]), viewer)).toContain('cursor')
  })

  it('is the producer’s, where Redis lost what it had acknowledged', () => {
    const unheard = written(({ seq }) => ({ acked: seq !== 4 }))
    expect(rules(logOf({ finals: [payloads(1)] }))).toEqual(['log'])
    expect(
      rules(logOf({ written: unheard, finals: [payloads().filter((_, seq) => seq !== 4)] })),
    ).toEqual([])
  })
})
