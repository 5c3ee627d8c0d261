import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createQueue } from '../../src/core/queue.ts'

it('gives back what was pushed, in order, whatever is taken between', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.record({ take: fc.nat(40) }))), (steps) => {
      const queue = createQueue<number>()
      const model: number[] = []
      for (const step of steps) {
        if (typeof step === 'number') {
          queue.push(step)
          model.push(step)
        } else expect(queue.take(step.take)).toEqual(model.splice(0, step.take))
        expect(queue.size).toBe(model.length)
        expect(queue.peek()).toBe(model[0])
      }
      expect(queue.take()).toEqual(model)
    }),
  )
})

it('keeps order across its compaction', () => {
  const queue = createQueue<number>()
  const taken: number[] = []
  for (let index = 0; index < 5000; index++) {
    queue.push(index)
    if (index % 3 > 0) taken.push(...queue.take(1))
  }
  taken.push(...queue.take())

  expect(taken).toEqual(Array.from({ length: 5000 }, (_, index) => index))
})
