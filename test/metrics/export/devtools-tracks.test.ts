// The console is told of spans while the tracks are on, and of nothing before and after.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { devtoolsTracks } from '../../../src/metrics/export/devtools-tracks.ts'
import { aTraceable } from './a-traceable.ts'

const timeStamp = vi.fn()
beforeEach(() => vi.stubGlobal('console', { ...console, timeStamp }))
afterEach(() => {
  vi.unstubAllGlobals()
  timeStamp.mockReset()
})

it('tells of spans with their track, group and color, while it is on', () => {
  const { stream, tell } = aTraceable()
  tell((tap) => tap.painted(5, 1))
  expect(timeStamp).not.toHaveBeenCalled()
  const stop = devtoolsTracks(stream, { group: 'chat' })
  tell((tap) => {
    tap.read({ at: 10, frames: [] }, 11, 2, 2)
    tap.flushed(2, 14, 15, 18)
    tap.painted(20, 1)
  })
  expect(timeStamp.mock.calls).toEqual([
    ['parse (2)', 10, 11, 'parse', 'chat', 'secondary'],
    ['queue (2)', 10, 14, 'queue', 'chat', 'tertiary-light'],
    ['flush (2)', 14, 18, 'flush', 'chat', 'primary-light'],
    ['reduce (2)', 14, 15, 'reduce', 'chat', 'primary'],
    ['react (2)', 15, 18, 'react', 'chat', 'primary-dark'],
    ['paint', 19, 20, 'paint', 'chat', 'tertiary'],
  ])
  stop()
  tell((tap) => tap.painted(30, 1))
  expect(timeStamp).toHaveBeenCalledTimes(6)
})

it('shows the queue although events that came before it was on are published first', () => {
  const { stream, tell } = aTraceable()
  devtoolsTracks(stream)
  tell((tap) => {
    tap.flushed(40, 1, 2, 3)
    for (let at = 10; at < 160; at += 10) {
      tap.read({ at, frames: [] }, at + 1, 2, 2)
      tap.flushed(1, at + 5, at + 5, at + 5)
      tap.flushed(1, at + 7, at + 7, at + 7)
    }
  })
  const waits = timeStamp.mock.calls.filter(([, , , track]) => track === 'queue')
  expect(waits).toHaveLength(15 * 2)
})

it('does without where the console has no such thing', () => {
  vi.stubGlobal('console', { ...console, timeStamp: undefined })
  const { stream, tell } = aTraceable()
  devtoolsTracks(stream)
  expect(() => tell((tap) => tap.painted(5, 1))).not.toThrow()
})
