// Several taps as one: all are told the same, in order, and one that leaves or comes in between disturbs no other.
import { describe, expect, it } from 'vitest'
import type { Tap } from '../../src/core/tap.ts'
import { createTaps } from '../../src/core/taps.ts'

function noting(log: string[], name: string, onFlushed: () => void = () => {}): Tap {
  const note =
    (what: string) =>
    (...values: readonly unknown[]): void =>
      void log.push(`${name} ${what} ${JSON.stringify(values)}`)
  return {
    connection: note('connection'),
    read: note('read'),
    received: note('received'),
    replaced: note('replaced'),
    rejected: note('rejected'),
    flushed(...values) {
      note('flushed')(...values)
      onFlushed()
    },
    painted: note('painted'),
    rendered: note('rendered'),
  }
}

describe('createTaps', () => {
  it('tells all of them everything, the meter first', () => {
    const log: string[] = []
    const taps = createTaps(noting(log, 'meter'))
    taps.add(noting(log, 'other'))
    const frame = { event: 'message', id: 'c', data: 'd' }
    taps.connection('open')
    taps.read({ at: 1, frames: [frame] }, 2, 3, 4)
    taps.received(frame, 1)
    taps.replaced()
    taps.rejected('unknown')
    taps.flushed(1, 2, 3, 4)
    taps.painted(5, 6)
    const of = (name: string): string[] =>
      log.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length))
    expect(of('meter')).toEqual([
      ' connection ["open"]',
      ' read [{"at":1,"frames":[{"event":"message","id":"c","data":"d"}]},2,3,4]',
      ' received [{"event":"message","id":"c","data":"d"},1]',
      ' replaced []',
      ' rejected ["unknown"]',
      ' flushed [1,2,3,4]',
      ' painted [5,6]',
    ])
    expect(of('other')).toEqual(of('meter'))
    expect(log[0]).toContain('meter')
  })

  it('tells who has left nothing more, and the others all the same', () => {
    const log: string[] = []
    const taps = createTaps(noting(log, 'meter'))
    const leave = taps.add(noting(log, 'first', () => leave()))
    taps.add(noting(log, 'second'))
    taps.flushed(1, 1, 1, 1)
    taps.flushed(2, 2, 2, 2)
    leave()
    expect(log.map((line) => line.split(' ')[0])).toEqual([
      'meter',
      'first',
      'second',
      'meter',
      'second',
    ])
  })

  it('tells who comes in the middle of a call from the next one on', () => {
    const log: string[] = []
    const late = noting(log, 'late')
    const taps = createTaps(noting(log, 'meter', () => log.length === 1 && taps.add(late)))
    taps.flushed(1, 1, 1, 1)
    expect(log).toHaveLength(1)
    taps.flushed(2, 2, 2, 2)
    expect(log).toEqual([
      'meter flushed [1,1,1,1]',
      'meter flushed [2,2,2,2]',
      'late flushed [2,2,2,2]',
    ])
  })
})
