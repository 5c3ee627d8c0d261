import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCoalescer } from '../../src/writer/coalescer.ts'
import { agUiDelta, sunaDelta } from '../../src/writer/delta.ts'
import type { WriterEvent } from '../../src/writer/delta.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const chunk = (delta: string, messageId = 'm') => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId,
  delta,
})
const control = (name: string) => ({ type: 'STEP_STARTED', stepName: name })

interface Emitted {
  readonly event: WriterEvent
  readonly atMs: number
}

function rig(options: { ms?: number; chars?: number } = {}) {
  const emitted: Emitted[] = []
  const coalescer = createCoalescer({ ms: 20, ...options, delta: agUiDelta }, (event, atMs) => {
    emitted.push({ event, atMs })
  })
  return { coalescer, emitted, events: () => emitted.map(({ event }) => event) }
}

// Texts by message, and between which controls they stand: all that a reader can see.
function story(events: readonly WriterEvent[]): string[] {
  const told: string[] = []
  let last = ''
  for (const event of events as { type: string; messageId?: string; delta?: string }[]) {
    if (event.delta === undefined) told.push(JSON.stringify(event))
    else if (last === event.messageId) told[told.length - 1] += event.delta
    else told.push(`${event.messageId}: ${event.delta}`)
    last = event.messageId ?? ''
  }
  return told
}

describe('createCoalescer', () => {
  it('passes the first chunk at once, and joins what follows within the window', () => {
    const { coalescer, events, emitted } = rig()
    coalescer.add(chunk('a'), 1)
    expect(events()).toEqual([chunk('a')])
    coalescer.add(chunk('b'), 2)
    coalescer.add(chunk('c'), 3)
    expect(events()).toHaveLength(1)
    vi.advanceTimersByTime(20)
    expect(emitted.slice(1)).toEqual([{ event: chunk('bc'), atMs: 2 }])
  })

  it('lets a steady source through once a window, however fast it is', () => {
    const { coalescer, events } = rig()
    for (let n = 0; n < 100; n++) {
      coalescer.add(chunk('x'), n)
      vi.advanceTimersByTime(4)
    }
    expect(events()).toHaveLength(1 + 400 / 20)
  })

  it('passes the first chunk at once again after a pause', () => {
    const { coalescer, events } = rig()
    coalescer.add(chunk('a'), 1)
    vi.advanceTimersByTime(20)
    coalescer.add(chunk('b'), 2)
    expect(events()).toEqual([chunk('a'), chunk('b')])
  })

  it('passes at once when enough is held', () => {
    const { coalescer, events } = rig({ chars: 4 })
    for (const text of ['a', 'bb', 'cc', 'd']) coalescer.add(chunk(text), 0)
    expect(events()).toEqual([chunk('a'), chunk('bbcc')])
  })

  it('takes a control event for a barrier, and what follows it for a first chunk', () => {
    const { coalescer, events } = rig()
    for (const event of [chunk('a'), chunk('b'), control('s'), chunk('c')]) coalescer.add(event, 0)
    expect(events()).toEqual([chunk('a'), chunk('b'), control('s'), chunk('c')])
  })

  it('keeps texts of different messages apart and in order', () => {
    const { coalescer, events } = rig()
    for (const [text = '', id] of ['0m', 'am', 'bn', 'cn', 'dm']) coalescer.add(chunk(text, id), 0)
    coalescer.flush()
    expect(events().slice(1)).toEqual([chunk('a'), chunk('bc', 'n'), chunk('d')])
  })

  it('changes neither text nor order, whatever comes when', () => {
    const step = fc.oneof(
      fc.record({ text: fc.string({ maxLength: 5 }), id: fc.constantFrom('m', 'n') }),
      fc.record({ name: fc.string({ maxLength: 2 }) }),
      fc.record({ wait: fc.nat(30) }),
    )
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 12 }), (steps, chars) => {
        const { coalescer, events } = rig({ chars })
        const given: WriterEvent[] = []
        const give = (event: WriterEvent): void => {
          given.push(event)
          coalescer.add(event, 0)
        }
        for (const one of steps) {
          if ('wait' in one) vi.advanceTimersByTime(one.wait)
          else give('text' in one ? chunk(one.text, one.id) : control(one.name))
        }
        coalescer.flush()
        expect(story(events())).toEqual(story(given))
      }),
    )
  })

  it('leaves no timer behind', () => {
    const { coalescer } = rig()
    coalescer.add(chunk('a'), 0)
    coalescer.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('agUiDelta', () => {
  it('joins only what differs in nothing but its text and time', () => {
    const key = (event: WriterEvent): unknown => agUiDelta(event)?.key
    expect(key({ ...chunk('a'), timestamp: 1 })).toBe(key(chunk('b')))
    expect(key(JSON.stringify(chunk('a')))).toBe(key(chunk('b')))
    expect(key({ ...chunk('a'), rawEvent: 1 })).not.toBe(key(chunk('a')))
    expect(key({ type: 'TOOL_CALL_ARGS', toolCallId: 'm', delta: '' })).not.toBe(key(chunk('')))
  })

  it.each([['{"type":'], ['text'], [[]], [{ type: 'STATE_DELTA', delta: [] }], [control('x')]])(
    'leaves %j alone',
    (event) => expect(agUiDelta(event)).toBeNull(),
  )
})

describe('sunaDelta', () => {
  const row = (sequence: number, content: object, status = 'chunk') => ({
    sequence,
    type: 'assistant',
    content: JSON.stringify(content),
    metadata: JSON.stringify({ stream_status: status, thread_run_id: 'r' }),
    created_at: `${sequence}`,
  })

  it('joins chunks of one answer in the envelope of the first', () => {
    const one = sunaDelta(row(0, { role: 'assistant', content: 'Vou' }))
    const two = sunaDelta(JSON.stringify(row(1, { role: 'assistant', content: ' abrir' })))
    expect(one?.key).toBe(two?.key)
    expect(one?.withText('Vou abrir')).toEqual(row(0, { role: 'assistant', content: 'Vou abrir' }))
  })

  it('leaves complete rows and tool calls alone', () => {
    for (const status of ['complete', 'tool_call_chunk']) {
      expect(sunaDelta(row(0, { role: 'assistant', content: '' }, status))).toBeNull()
    }
  })
})
