import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createJournal } from '../../../src/metrics/meter/journal.ts'

describe('createJournal', () => {
  it('books every row once and in its order, whenever it is settled', () => {
    const number = fc.integer()
    const row = fc.tuple(fc.nat(1), number, number, number, number, number, number)
    const steps = fc.array(fc.oneof(row, fc.constant('settle' as const)), {
      minLength: 600,
      maxLength: 1500,
    })
    fc.assert(
      fc.property(steps, (steps) => {
        const booked: number[][] = []
        const journal = createJournal([
          (...numbers) => booked.push([0, ...numbers]),
          (...numbers) => booked.push([1, ...numbers]),
        ])
        for (const step of steps) {
          if (step === 'settle') journal.settle()
          else journal.write(...step)
        }
        journal.settle()
        expect(booked).toEqual(steps.filter((step) => step !== 'settle'))
      }),
      { numRuns: 30 },
    )
  })

  it('waits with booking until it is full or settled, and has nothing left after', () => {
    let booked = 0
    const journal = createJournal([() => booked++])
    for (let row = 0; row < 512; row++) journal.write(0, row)
    expect(booked).toBe(0)
    journal.write(0, 512)
    expect(booked).toBe(512)
    journal.settle()
    journal.settle()
    expect(booked).toBe(513)
  })

  it('fills up with zeros what a row does not say', () => {
    const rows: number[][] = []
    const journal = createJournal([(...numbers) => rows.push(numbers)])
    journal.write(0, 1, 2, 3, 4, 5, 6)
    journal.settle()
    journal.write(0, 7)
    journal.settle()
    expect(rows[1]).toEqual([7, 0, 0, 0, 0, 0])
  })
})
