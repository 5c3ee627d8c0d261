import { expect, it } from 'vitest'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { replay } from '../../src/transport/replay.ts'
import type { Recording } from '../../src/wire/recording.ts'

const recording: Recording = {
  framewise: 1,
  layout: 'memory',
  protocol: 'ag-ui',
  events: [
    { t: 100, id: 'a', data: '1' },
    { t: 110, id: 'b', data: '2' },
    { t: 1110, id: 'c', data: '3' },
  ],
}

async function play(speed?: number, after: string | null = null) {
  const clock = createManualClock()
  const signal = new AbortController().signal
  const seen: string[] = []
  const reading = (async () => {
    for await (const { at, frames } of replay(recording, { speed }).open({
      after,
      signal,
      clock,
    })) {
      for (const { id } of frames) seen.push(`${id}@${Math.round(at)}`)
    }
    seen.push('end')
  })()
  await clock.advance(3000)
  await reading
  return seen
}

it('plays at the times it was recorded with', async () => {
  expect(await play()).toEqual(['a@0', 'b@10', 'c@1010', 'end'])
})

it('plays faster, and all at once', async () => {
  expect(await play(10)).toEqual(['a@0', 'b@1', 'c@101', 'end'])
  expect(await play(Infinity)).toEqual(['a@0', 'b@0', 'c@0', 'end'])
})

it('goes on after a cursor', async () => {
  expect(await play(1, 'b')).toEqual(['c@0', 'end'])
  expect(await play(1, 'c')).toEqual(['end'])
})

it('waits as long as it takes, and asks no timer for more than one can wait', async () => {
  const clock = createManualClock()
  const asked: number[] = []
  const setTimer: typeof clock.setTimer = (callback, ms) => {
    asked.push(ms)
    return clock.setTimer(callback, ms)
  }
  const far = 2 ** 31 + 1000
  const events = [0, far].map((t) => ({ t, id: null, data: '' }))
  const { signal } = new AbortController()
  const open = { after: null, signal, clock: { ...clock, setTimer } }
  const seen: number[] = []
  const reading = (async () => {
    for await (const { at, frames } of replay({ ...recording, events }).open(open)) {
      if (frames.length > 0) seen.push(at)
    }
  })()
  await clock.advance(far)
  await reading
  expect(seen).toEqual([0, far])
  expect(Math.max(...asked)).toBeLessThan(2 ** 31)
})

it('teaches what speed may be', () => {
  expect(() => replay(recording, { speed: 0 })).toThrow('expected `speed` above 0, got 0')
})
