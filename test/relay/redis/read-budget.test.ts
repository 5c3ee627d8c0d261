import { expect, it } from 'vitest'
import { createReadBudget } from '../../../src/relay/redis/read-budget.ts'

function setup() {
  let nowMs = 0
  const budget = createReadBudget(() => nowMs)
  const ring = (news = false): number => {
    const waitMs = budget.waitMs()
    budget.spend(news)
    return waitMs
  }
  return { budget, ring, pass: (ms: number) => void (nowMs += ms) }
}
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act)

it('lets a stream wait that rings for nothing again and again', () => {
  const { ring } = setup()
  expect(times(20, ring.bind(null, false))).toEqual(times(20, () => 0))
  expect(ring()).toBe(500)
})

it('lets it ring twice a second from then on', () => {
  const { budget, ring, pass } = setup()
  times(20, () => ring())
  for (let n = 0; n < 5; n++) {
    expect(budget.waitMs()).toBe(500)
    pass(500)
    budget.spend(false)
  }
  pass(100)
  expect(budget.waitMs()).toBe(400)
})

it('never delays a stream that rings for nothing once a second', () => {
  const { ring, pass } = setup()
  for (let n = 0; n < 100; n++) {
    expect(ring()).toBe(0)
    pass(1000)
  }
})

it('begins anew with every event', () => {
  const { ring } = setup()
  times(20, () => ring())
  ring(true)
  expect(times(20, () => ring())).toEqual(times(20, () => 0))
})
