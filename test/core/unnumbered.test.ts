import { describe, expect, it } from 'vitest'
import { createIntake, type Intake } from '../../src/core/intake.ts'
import type { Frame, Protocol } from '../../src/core/protocol.ts'
import type { Received } from '../../src/core/received.ts'
import { suna } from '../../src/protocols/suna.ts'

const protocol: Protocol = { ...suna(), resume: 'from-start' }

const frame = (payload: object): Frame => ({
  event: 'message',
  id: undefined,
  data: JSON.stringify(payload),
})
const chunk = (text: string): Frame =>
  frame({ type: 'assistant', content: { role: 'assistant', content: text }, metadata: {} })
const ping = frame({ type: 'ping' })
const completed = frame({ type: 'status', status: 'completed' })

function reader(): { intake: Intake; connect: (...frames: readonly Frame[]) => Received[] } {
  const tap = { rejected: () => {} }
  const intake = createIntake({ protocol, tap, fitting: () => null })
  return {
    intake,
    connect(...frames) {
      const items: Received[] = []
      intake.open()
      for (const one of frames) intake.take(one, (item) => items.push(item))
      return items
    },
  }
}

const texts = (items: readonly Received[]): string[] =>
  items.flatMap(({ events }) =>
    events.flatMap((event) => ('delta' in event ? [event.delta as string] : [])),
  )
const gaps = (items: readonly Received[]): string[] =>
  items.flatMap(({ mark }) => (mark?.type === 'gap' ? [mark.gap.reason] : []))

describe('a log without ids', () => {
  it('gives on only what is new when it is read once more, wherever pings stand', () => {
    const { connect } = reader()
    connect(chunk('a'), ping, chunk('b'))
    const items = connect(ping, chunk('a'), chunk('b'), ping, ping, chunk('c'))
    expect(texts(items)).toEqual(['c'])
    expect(gaps(items)).toEqual([])
  })

  it('goes on in the same message', () => {
    const { connect } = reader()
    const [first] = connect(chunk('a'), chunk('b'))
    const [next] = connect(chunk('a'), chunk('b'), chunk('c'))
    const { messageId } = { messageId: '', ...first?.events[0] }
    expect(next?.events[0]).toMatchObject({ messageId })
    expect(messageId).not.toBe('')
  })

  it('may be resumed while it has not ended, and not after', () => {
    const { intake, connect } = reader()
    connect(chunk('a'))
    expect(intake.resumable()).toBe(true)
    connect(chunk('a'), completed)
    expect(intake.resumable()).toBe(false)
  })

  it('begins again, visibly, when it turns out to be another one', () => {
    const { connect } = reader()
    connect(chunk('a'), chunk('b'))
    const items = connect(chunk('x'), chunk('y'))
    expect(gaps(items)).toEqual(['replaced'])
    expect(texts(items)).toEqual(['x', 'y'])
    expect(texts(connect(chunk('x'), chunk('y'), chunk('z')))).toEqual(['z'])
  })

  it('gives the held events too when it parts late', () => {
    const { connect } = reader()
    connect(chunk('a'), chunk('b'), chunk('c'))
    const items = connect(chunk('a'), chunk('b'), chunk('x'))
    expect(gaps(items)).toEqual(['replaced'])
    expect(texts(items)).toEqual(['a', 'b', 'x'])
  })

  it('keeps the text when only the end is left of it', () => {
    const { intake, connect } = reader()
    connect(chunk('a'), chunk('b'))
    const items = connect(completed)
    expect(gaps(items)).toEqual(['expired'])
    expect(items.at(-1)?.events).toEqual([{ type: 'RUN_FINISHED', reason: 'completed' }])
    expect(intake.ended()).toBe(true)
  })

  it('is seen to be shorter than it was when its end comes early', () => {
    const { connect } = reader()
    const long = Array.from({ length: 200 }, (_, index) => chunk(`${index} `))
    connect(...long)
    // Between two marks a shorter log looks the same until it ends.
    const items = connect(...long.slice(0, 131), completed)
    expect(gaps(items)).toEqual(['replaced'])
    expect(texts(items)).toHaveLength(131)
  })

  it('brings nothing twice and nothing early while a replay is cut again and again', () => {
    const { connect } = reader()
    const log = ['a', 'b', 'c', 'd'].map(chunk)
    expect(texts(connect(...log.slice(0, 3)))).toEqual(['a', 'b', 'c'])
    expect(texts(connect(...log.slice(0, 2)))).toEqual([])
    expect(texts(connect(...log.slice(0, 1)))).toEqual([])
    expect(texts(connect(...log))).toEqual(['d'])
  })

  it('goes by the cursor as soon as there is one', () => {
    const { intake, connect } = reader()
    const numbered = frame({ ...JSON.parse(chunk('a').data), _event_id: '5-0' })
    connect(numbered)
    expect(intake.cursor()).toBe('5-0')
    expect(texts(connect(numbered, chunk('b')))).toEqual(['b'])
  })
})
