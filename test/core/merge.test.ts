import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialChatState, reduceChat } from '../../src/core/chat-state.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { mergeDeltas } from '../../src/core/merge.ts'
import { anyEvents } from './agent-events.ts'

const text = (messageId: string, delta: string): AgentEvent => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId,
  delta,
})
const args = (toolCallId: string, delta: string): AgentEvent => ({
  type: 'TOOL_CALL_ARGS',
  toolCallId,
  delta,
})

const isDelta = (event: AgentEvent): boolean => 'delta' in event && event.type !== 'STATE_DELTA'

const partOf = (event: AgentEvent): string => {
  if (event.type === 'TOOL_CALL_ARGS') return `${event.type} ${event.toolCallId}`
  return 'messageId' in event ? `${event.type} ${event.messageId}` : event.type
}

function textPerPart(events: readonly AgentEvent[]): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const event of events) {
    if (!isDelta(event) || !('delta' in event)) continue
    texts[partOf(event)] = (texts[partOf(event)] ?? '') + String(event.delta)
  }
  return texts
}

describe('mergeDeltas', () => {
  it('joins neighbouring deltas of one message', () => {
    expect(mergeDeltas([text('m1', 'He'), text('m1', 'l'), text('m1', 'lo')])).toEqual([
      text('m1', 'Hello'),
    ])
  })

  it('joins what stands before, between and after other events', () => {
    const end: AgentEvent = { type: 'TOOL_CALL_END', toolCallId: 'c1' }
    expect(
      mergeDeltas([args('c1', '{'), args('c1', '}'), end, text('m1', 'a'), end, text('m1', 'b')]),
    ).toEqual([args('c1', '{}'), end, text('m1', 'a'), end, text('m1', 'b')])
  })

  it('keeps messages, calls and types apart', () => {
    const events: AgentEvent[] = [
      text('m1', 'a'),
      text('m2', 'b'),
      { type: 'REASONING_MESSAGE_CONTENT', messageId: 'm2', delta: 'c' },
      args('c1', '1'),
      args('c2', '2'),
      text('m1', 'd'),
    ]
    expect(mergeDeltas(events)).toEqual(events)
  })

  it('does not join state deltas', () => {
    const state: AgentEvent = { type: 'STATE_DELTA', delta: 'x' }
    expect(mergeDeltas([state, state])).toEqual([state, state])
  })

  it('returns the array itself when nothing can be joined', () => {
    const events = [text('m1', 'a'), text('m2', 'b')]
    expect(mergeDeltas(events)).toBe(events)
    const none: AgentEvent[] = []
    expect(mergeDeltas(none)).toBe(none)
  })

  it('reduces to the same state, keeps every other event and every character', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const merged = mergeDeltas(events)
        const state = initialChatState()
        expect(reduceChat(state, merged)).toEqual(reduceChat(state, events))
        expect(merged.filter((e) => !isDelta(e))).toEqual(events.filter((e) => !isDelta(e)))
        expect(textPerPart(merged)).toEqual(textPerPart(events))
      }),
      { numRuns: 300 },
    )
  })

  it('leaves no two neighbours that belong to one part', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const merged = mergeDeltas(events)
        merged.forEach((event, index) => {
          const next = merged[index + 1]
          if (next && isDelta(event) && isDelta(next)) expect(partOf(next)).not.toBe(partOf(event))
        })
      }),
    )
  })
})
