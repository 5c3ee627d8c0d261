import { expect, it } from 'vitest'
import { createFalseAlarms } from '../../src/relay/false-alarms.ts'

function setup() {
  let nowMs = 0
  const alarms = createFalseAlarms(() => nowMs)
  const ring = (id: string, news = false): number => {
    const waitMs = alarms.rang(id)
    alarms.answered(id, news)
    return waitMs
  }
  return { alarms, ring, pass: (ms: number) => void (nowMs += ms) }
}
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act)

it('lets a stream wait that rings for nothing again and again, and no other', () => {
  const { ring } = setup()
  expect(times(20, () => ring('a'))).toEqual(times(20, () => 0))
  expect(ring('a')).toBe(500)
  expect(ring('b')).toBe(0)
})

it('lets it ring twice a second from then on', () => {
  const { alarms, ring, pass } = setup()
  times(20, () => ring('a'))
  for (let n = 0; n < 5; n++) {
    expect(alarms.rang('a')).toBe(500)
    pass(500)
    alarms.answered('a', false)
  }
  pass(100)
  expect(alarms.rang('a')).toBe(400)
})

it('never delays a stream that rings for nothing once a second', () => {
  const { ring, pass } = setup()
  for (let n = 0; n < 100; n++) {
    expect(ring('a')).toBe(0)
    pass(1000)
  }
})

it('begins anew with every event, and when the stream is no longer watched', () => {
  const { alarms, ring } = setup()
  times(20, () => ring('a'))
  ring('a', true)
  expect(times(20, () => ring('a'))).toEqual(times(20, () => 0))
  alarms.forget('a')
  expect(ring('a')).toBe(0)
})

it('counts only reads that a notice asked for', () => {
  const { alarms, ring } = setup()
  times(19, () => ring('a'))
  alarms.answered('a', false)
  expect(ring('a')).toBe(0)
})
