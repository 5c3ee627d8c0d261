import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { stretchOf } from '../../src/lab/stretch.ts'
import { agUi } from '../../src/protocols/ag-ui.ts'
import { delta, recordingOf } from './a-track.ts'

const times = (recording: ReturnType<typeof recordingOf>): readonly number[] =>
  recording.events.map(({ t }) => t)

describe('a stretch', () => {
  const recording = recordingOf([5, 15, 1015, 1030, 9000].map((t) => ({ t, event: { t } })))
  const stretch = (runMs: number, speed = 1) =>
    stretchOf({ recording, protocol: agUi }, runMs, speed)

  it('begins with 0, shortens pauses, and is cut where the run is long enough, but for its last event', () => {
    expect(times(stretch(215))).toEqual([0, 10, 210, 210])
    expect(stretch(215).events.at(-1)?.data).toBe('{"t":9000}')
  })

  it('is all there is when that is short enough', () => {
    expect(times(stretch(1000))).toEqual([0, 10, 210, 225, 425])
  })

  it('may be played faster', () => {
    expect(times(stretch(1000, 10))).toEqual([0, 1, 21, 22.5, 42.5])
  })

  it('never goes back in time: what lies before its forerunner comes with it, as in a replay', () => {
    const events = [0, 100, 50, 150].map((t) => ({ t, event: { t } }))
    const { events: kept } = stretchOf({ recording: recordingOf(events), protocol: agUi }, 1000, 1)
    expect(kept.map(({ t, data }) => [t, data])).toEqual([
      [0, '{"t":0}'],
      [100, '{"t":100}'],
      [100, '{"t":50}'],
      [150, '{"t":150}'],
    ])
  })

  it('of nothing is nothing', () => {
    expect(stretchOf({ recording: recordingOf([]), protocol: agUi }, 100, 1).events).toEqual([])
  })

  it('is the one with the most text, with what opened its parts and what ends the run', () => {
    const events: AgentEvent[] = [
      { type: 'RUN_STARTED', runId: 'r' },
      { type: 'REASONING_MESSAGE_START', messageId: 'a' },
      ...Array.from({ length: 50 }, () => delta('a', 'long thoughts', true)),
      { type: 'TEXT_MESSAGE_START', messageId: 'a', role: 'assistant' },
      ...Array.from({ length: 50 }, (_, at) => delta('a', at < 20 ? '.' : 'more')),
      { type: 'RUN_FINISHED', runId: 'r' },
    ]
    const run = recordingOf(events.map((event, at) => ({ t: 10 * at, event })))
    const { events: kept } = stretchOf({ recording: run, protocol: agUi }, 45, 1)
    expect(kept.map(({ t, data }) => [t, (JSON.parse(data) as AgentEvent).type])).toEqual([
      [0, 'RUN_STARTED'],
      [0, 'REASONING_MESSAGE_START'],
      [0, 'TEXT_MESSAGE_START'],
      ...[0, 10, 20, 30, 40].map((t) => [t, 'TEXT_MESSAGE_CONTENT']),
      [40, 'RUN_FINISHED'],
    ])
    expect(kept[3]?.data).toContain('"more"')
  })
})

describe('of a run that was joined late, a stretch', () => {
  const opened: { t: number; event: AgentEvent }[] = [
    { t: 0, event: { type: 'RUN_STARTED', runId: 'r' } },
    { t: 0, event: { type: 'TEXT_MESSAGE_START', messageId: 'a', role: 'assistant' } },
  ]
  // In reads of their own, as a long log comes.
  const caughtUp = Array.from({ length: 300 }, (_, at) => ({
    t: Math.floor(at / 60),
    event: delta('a', 'old'),
  }))
  const live = Array.from({ length: 100 }, (_, at) => ({
    t: 180 + 20 * at,
    event: delta('a', 'new'),
  }))
  const end = { t: 2200, event: { type: 'RUN_FINISHED', runId: 'r' } }
  const stretch = (
    events: readonly { t: number; event: object }[],
    runMs: number,
    timing: 'arrival' | 'log' = 'arrival',
  ) => stretchOf({ recording: { ...recordingOf(events), timing }, protocol: agUi }, runMs, 1).events
  const said = (events: readonly { readonly data: string }[], what: string): number =>
    events.filter(({ data }) => data.includes(`"${what}"`)).length

  it.each([150, 600, 10_000])('of %s ms is of what came as it was written', (runMs) => {
    const kept = stretch([...opened, ...caughtUp, ...live, end], runMs)
    expect(said(kept, 'old')).toBe(0)
    expect(said(kept, 'new')).toBe(Math.min(100, Math.floor(runMs / 20) + 1))
    expect(kept[1]?.data).toContain('TEXT_MESSAGE_START')
    expect(kept.at(-1)?.data).toContain('RUN_FINISHED')
  })

  it('is of what was there where nothing is said after it', () => {
    expect(said(stretch([...opened, ...caughtUp, end], 600), 'old')).toBe(300)
  })

  it('leaves out no beginning that is as fast as others or nearly all, and none that the log itself tells', () => {
    const bursts = [0, 300, 600].flatMap((t) =>
      Array.from({ length: 40 }, () => ({ t, event: delta('a', 'burst') })),
    )
    expect(said(stretch([...opened, ...bursts], 10_000), 'burst')).toBe(120)
    const short = Array.from({ length: 80 }, (_, at) => ({ t: 1.5 * at, event: delta('a', 'x') }))
    expect(said(stretch([...short, { ...end, t: 400 }], 600), 'x')).toBe(80)
    expect(said(stretch([...opened, ...caughtUp, ...live, end], 10_000, 'log'), 'old')).toBe(300)
  })
})
