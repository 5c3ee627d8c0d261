import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { play } from '../../src/cli/play/player.ts'
import { createRecordTimes } from '../../src/wire/record-times.ts'
import { planRecording } from '../../src/cli/play/run-plan.ts'
import type { RecordedEvent } from '../../src/wire/recording.ts'
import { createManualPlayerClock } from '../cli/manual-player-clock.ts'

const cursorOf = (ms: number, index: number): string => `S-${ms}-${index}`
const ofList = (index: number): string => `L-00000000-${index}-00000000`

describe('createRecordTimes', () => {
  it('reads a stream’s times from its entries, whenever it is read', () => {
    const times = createRecordTimes(() => 99)
    const ids = [cursorOf(5000, 0), cursorOf(5000, 1), cursorOf(5040, 0)]
    expect(ids.map((id, at) => times.of({ id, live: at > 1 }))).toEqual([0, 0, 40])
    expect(times.timeless()).toBe(0)
  })

  it('never goes back, also when the clock of Redis did', () => {
    const times = createRecordTimes(() => 0)
    const ids = [cursorOf(5000, 0), cursorOf(5040, 0), cursorOf(5020, 0), cursorOf(5050, 0)]
    expect(ids.map((id) => times.of({ id, live: true }))).toEqual([0, 40, 40, 50])
  })

  it('gives what a list held before one time, and what comes the time it comes', () => {
    let now = 1000
    const times = createRecordTimes(() => now)
    const at = (index: number, live: boolean): number => times.of({ id: ofList(index), live })
    expect([at(0, false), at(1, false)]).toEqual([0, 0])
    now = 1250.5
    expect(at(2, true)).toBe(250.5)
    expect(times.timeless()).toBe(2)
  })
})

describe('record and produce --play', () => {
  // Entry ids are whole milliseconds: what is due in between is written in its millisecond.
  it('give the same events at the same times again', () => {
    const gaps = fc.array(fc.nat(400), { minLength: 1, maxLength: 200 })
    return fc.assert(
      fc.asyncProperty(gaps, async (all) => {
        let at = 0
        const events = all.map((gap, index): RecordedEvent => {
          at += index === 0 ? 0 : gap
          return { t: at, id: null, data: `${index}` }
        })
        const again = await playAndRecord(await playAndRecord(events))
        expect(again.map(({ data }) => data)).toEqual(events.map(({ data }) => data))
        const length = events.at(-1)?.t ?? 0
        for (const [index, { t }] of again.entries()) {
          expect(Math.abs(t - (events[index]?.t ?? 0))).toBeLessThanOrEqual(length * 0.05)
        }
      }),
    )
  })
})

async function playAndRecord(events: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
  const clock = createManualPlayerClock()
  const times = createRecordTimes(clock.now)
  const recorded: RecordedEvent[] = []
  const write = (data: string): undefined => {
    const id = cursorOf(Math.floor(clock.date()), recorded.length)
    recorded.push({ t: times.of({ id, live: true }), id, data })
  }
  const plan = planRecording({ framewise: 1, layout: 'x', protocol: 'ag-ui', events }, 1)
  const { signal } = new AbortController()
  await play({ plan, writer: { write }, signal, clock })
  return recorded
}
