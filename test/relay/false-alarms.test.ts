import { expect, it } from 'vitest'
import { createFalseAlarms } from '../../src/relay/false-alarms.ts'

function setup() {
  let nowMs = 0
  const alarms = createFalseAlarms(() => nowMs)
  const ring = (id: string, news = false): boolean => {
    alarms.rang(id)
    return alarms.answered(id, news)
  }
  return { alarms, ring, pass: (ms: number) => void (nowMs += ms) }
}
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act)

it('tells a stream that rings for nothing again and again', () => {
  const { ring } = setup()
  expect(times(49, () => ring('a'))).not.toContain(true)
  expect(ring('b')).toBe(false)
  expect(ring('a')).toBe(true)
})

it('begins anew with every event, and with time', () => {
  const { ring, pass } = setup()
  times(49, () => ring('a'))
  expect(ring('a', true)).toBe(false)
  expect(times(49, () => ring('a'))).not.toContain(true)
  pass(10_001)
  expect(ring('a')).toBe(false)
  expect(times(49, () => ring('a'))).not.toContain(true)
})

it('counts only reads that a notice asked for', () => {
  const { alarms, ring } = setup()
  times(49, () => ring('a'))
  expect(alarms.answered('a', false)).toBe(false)
  alarms.forget('a')
  expect(ring('a')).toBe(false)
  times(48, () => ring('a'))
  alarms.clear()
  expect(ring('a')).toBe(false)
})
