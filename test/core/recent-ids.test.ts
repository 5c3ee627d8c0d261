import { expect, it } from 'vitest'
import { createRecentIds, RECENT_IDS } from '../../src/core/recent-ids.ts'

it('passes over what a new connection sends again, and over nothing else', () => {
  const recent = createRecentIds()
  recent.opened()
  expect(['a', 'b', 'c'].map(recent.again)).toEqual([false, false, false])
  recent.opened()
  expect(['b', 'c', 'd', 'b'].map(recent.again)).toEqual([true, true, false, false])
})

it('lets events share an id on one connection', () => {
  const recent = createRecentIds()
  recent.opened()
  expect(['batch', 'batch'].map(recent.again)).toEqual([false, false])
})

it('keeps as many as an overlap may have, however many there were', () => {
  const recent = createRecentIds()
  recent.opened()
  const ids = Array.from({ length: 10 * RECENT_IDS }, (_, index) => `c${index}`)
  ids.forEach(recent.again)
  recent.opened()
  const last = ids.slice(-RECENT_IDS)
  expect(last.every(recent.again)).toBe(true)
  expect(recent.again('new')).toBe(false)
})

it('passes over a log that comes again from its first event, however long it is', () => {
  const recent = createRecentIds()
  const ids = Array.from({ length: 3 * RECENT_IDS }, (_, index) => `c${index}`)
  recent.opened()
  ids.forEach(recent.again)
  for (const end of [RECENT_IDS, ids.length]) {
    recent.opened()
    expect(ids.slice(0, end).every(recent.again)).toBe(true)
  }
  expect(recent.again('new')).toBe(false)
})

it('knows nothing once it was told to forget', () => {
  const recent = createRecentIds()
  recent.again('a')
  recent.clear()
  recent.opened()
  expect(recent.again('a')).toBe(false)
})
