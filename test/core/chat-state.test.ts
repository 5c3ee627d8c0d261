import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialChatState, reduceChat } from '../../src/core/chat-state.ts'
import type { ChatMessage, ChatState } from '../../src/core/chat-message.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { anyEvents, userMessage } from './agent-events.ts'

const empty = initialChatState()
const reduce = (...events: AgentEvent[]): ChatState => reduceChat(empty, events)

const text = (messageId: string, delta: string): AgentEvent => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId,
  delta,
})
const reasoning = (messageId: string, delta: string): AgentEvent => ({
  type: 'REASONING_MESSAGE_CONTENT',
  messageId,
  delta,
})
const call = (toolCallId: string, parentMessageId?: string): AgentEvent => ({
  type: 'TOOL_CALL_START',
  toolCallId,
  toolCallName: 'search',
  parentMessageId,
})
const custom = (value: unknown): AgentEvent => ({ type: 'CUSTOM', name: 'note', value })

const partsOf = (state: ChatState, id: string) =>
  state.messages.find((message) => message.id === id)?.parts

describe('text', () => {
  it('builds one part from a whole message', () => {
    const state = reduce(
      { type: 'RUN_STARTED', runId: 'run1' },
      { type: 'TEXT_MESSAGE_START', messageId: 'm1', role: 'assistant' },
      text('m1', 'Hel'),
      text('m1', 'lo'),
      { type: 'TEXT_MESSAGE_END', messageId: 'm1' },
    )
    expect(state).toEqual({
      runId: 'run1',
      messages: [
        {
          id: 'm1',
          role: 'assistant',
          runId: 'run1',
          text: 'Hello',
          parts: [{ id: 'm1:0', type: 'text', text: 'Hello', state: 'done' }],
        },
      ],
    })
  })

  it('creates the message when the stream begins in its middle', () => {
    expect(
      reduce(text('m1', 'lo'), { type: 'TEXT_MESSAGE_END', messageId: 'm1' }).messages,
    ).toEqual([
      {
        id: 'm1',
        role: 'assistant',
        runId: null,
        text: 'lo',
        parts: [{ id: 'm1:0', type: 'text', text: 'lo', state: 'done' }],
      },
    ])
  })

  it('takes the role from the start, and leaves a known message alone', () => {
    const start: AgentEvent = { type: 'TEXT_MESSAGE_START', messageId: 'u', role: 'user' }
    const state = reduce(start)
    expect(state.messages[0]?.role).toBe('user')
    expect(reduceChat(state, [start])).toBe(state)
  })

  it('begins a new part after a tool call', () => {
    const state = reduce(text('m1', 'a'), call('c1', 'm1'), text('m1', 'b'), text('m1', 'c'))
    expect(partsOf(state, 'm1')?.map((part) => part.id)).toEqual(['m1:0', 'm1:1', 'm1:2'])
    expect(partsOf(state, 'm1')?.[2]).toMatchObject({ type: 'text', text: 'bc' })
    expect(state.messages[0]?.text).toBe('abc')
  })

  it('goes on in the same part after data', () => {
    const state = reduce(text('m1', '**bo'), custom(1), text('m1', 'ld**'))
    expect(partsOf(state, 'm1')).toMatchObject([{ text: '**bold**' }, { type: 'data', value: 1 }])
  })

  it('adds to a message that history gave', () => {
    const state = reduceChat(initialChatState([userMessage('u1', 'Hi')]), [text('u1', '!')])
    expect(state.messages[0]).toMatchObject({ text: 'Hi!', parts: [{ text: 'Hi!' }] })
  })
})

describe('reasoning', () => {
  it('stands in its message before the text and is not part of it', () => {
    const state = reduce(
      { type: 'REASONING_MESSAGE_START', messageId: 'm1' },
      reasoning('m1', 'hm'),
      { type: 'REASONING_MESSAGE_END', messageId: 'm1' },
      text('m1', 'Yes'),
    )
    expect(state.messages).toHaveLength(1)
    expect(state.messages[0]).toMatchObject({
      text: 'Yes',
      parts: [
        { type: 'reasoning', text: 'hm', state: 'done' },
        { type: 'text', text: 'Yes', state: 'streaming' },
      ],
    })
  })
})

describe('tool calls', () => {
  it('stand in their parent', () => {
    const state = reduce(
      text('m1', 'Look'),
      call('c1', 'm1'),
      { type: 'TOOL_CALL_ARGS', toolCallId: 'c1', delta: '{"q"' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'c1', delta: ':1}' },
      { type: 'TOOL_CALL_END', toolCallId: 'c1' },
    )
    expect(partsOf(state, 'm1')?.[1]).toEqual({
      id: 'm1:1',
      type: 'tool-call',
      toolCallId: 'c1',
      name: 'search',
      args: '{"q":1}',
      state: 'done',
    })
  })

  it('stand in a message of their own without a parent', () => {
    const state = reduce(call('c1'))
    expect(state.messages).toMatchObject([{ id: 'c1', role: 'assistant' }])
  })

  it('are created by arguments that come first, and named later', () => {
    const state = reduce(
      { type: 'TOOL_CALL_ARGS', toolCallId: 'c1', delta: '1}' },
      call('c1', 'm9'),
    )
    expect(state.messages).toHaveLength(1)
    expect(partsOf(state, 'c1')).toMatchObject([{ name: 'search', args: '1}' }])
  })

  it('get their result in a message of the tool, which ends the call', () => {
    const state = reduce(call('c1', 'm1'), {
      type: 'TOOL_CALL_RESULT',
      messageId: 'r1',
      toolCallId: 'c1',
      content: '3 hits',
    })
    expect(partsOf(state, 'm1')).toMatchObject([{ state: 'done' }])
    expect(state.messages[1]).toMatchObject({ id: 'r1', role: 'tool', text: '' })
    expect(partsOf(state, 'r1')).toEqual([
      { id: 'r1:0', type: 'tool-result', toolCallId: 'c1', content: '3 hits' },
    ])
  })

  it('keep one result when it is told twice', () => {
    const result = {
      type: 'TOOL_CALL_RESULT',
      messageId: 'r1',
      toolCallId: 'c1',
      content: 'a',
    } as const
    const state = reduce(result)
    expect(reduceChat(state, [result])).toBe(state)
    expect(partsOf(reduceChat(state, [{ ...result, content: 'b' }]), 'r1')).toEqual([
      { id: 'r1:0', type: 'tool-result', toolCallId: 'c1', content: 'b' },
    ])
  })
})

describe('the end of a run', () => {
  it.each<AgentEvent>([{ type: 'RUN_FINISHED' }, { type: 'RUN_ERROR', message: 'x' }])(
    'ends every part that still grows: $type',
    (end) => {
      const open = reduce(reasoning('m0', 'r'), text('m1', 'a'), call('c1', 'm1'), text('m2', 'b'))
      const states = reduceChat(open, [end]).messages.flatMap((message) =>
        message.parts.map((part) => ('state' in part ? part.state : 'none')),
      )
      expect(states).toEqual(['done', 'done', 'done', 'done'])
    },
  )

  it('changes nothing where nothing grows', () => {
    const state = initialChatState([userMessage('u1', 'Hi')])
    expect(reduceChat(state, [{ type: 'RUN_FINISHED' }])).toBe(state)
  })
})

describe('snapshots', () => {
  const final: ChatMessage = { ...userMessage('m10', 'Hello'), role: 'assistant', runId: 'run1' }

  it('of all messages replace the list', () => {
    const messages = [userMessage('u1', 'Hi')]
    const state = reduce(text('m1', 'a'), { type: 'MESSAGES_SNAPSHOT', messages })
    expect(state.messages).toBe(messages)
  })

  it('of one message take the place of the streamed one', () => {
    const state = reduce(text('t1', 'Hel'), text('m2', 'b'), {
      type: 'MESSAGE_SNAPSHOT',
      message: final,
      replaces: 't1',
    })
    expect(state.messages.map((message) => message.id)).toEqual(['m10', 'm2'])
    expect(state.messages[0]).toEqual(final)
  })

  it('of one message are appended when it is new', () => {
    const state = reduce(text('m2', 'b'), {
      type: 'MESSAGE_SNAPSHOT',
      message: final,
      replaces: 'nobody',
    })
    expect(state.messages.map((message) => message.id)).toEqual(['m2', 'm10'])
  })

  it.each([
    ['t1', 'm10'],
    ['m10', 't1'],
  ])('of one message keep one, at the earlier place (%s before %s)', (first, second) => {
    const event: AgentEvent = { type: 'MESSAGE_SNAPSHOT', message: final, replaces: 't1' }
    const state = reduce(text(first, 'x'), text('m2', 'b'), text(second, 'y'), event)
    expect(state.messages.map((message) => message.id)).toEqual(['m10', 'm2'])
    expect(state.messages[0]?.text).toBe('Hello')
  })

  it('of one message keep the reasoning and data they say nothing of, once', () => {
    const event: AgentEvent = { type: 'MESSAGE_SNAPSHOT', message: final, replaces: 't1' }
    const once = reduce(reasoning('t1', 'hm'), text('t1', 'He'), custom(7), event)
    expect(partsOf(once, 'm10')).toMatchObject([
      { type: 'reasoning', text: 'hm', state: 'done' },
      { type: 'text', text: 'Hello' },
      { type: 'data', value: 7 },
    ])
    expect(reduceChat(once, [event])).toEqual(once)
  })

  it('of one message belong to the current run when they name none', () => {
    const message = { ...final, runId: null }
    const state = reduce(
      { type: 'RUN_STARTED', runId: 'run2' },
      { type: 'MESSAGE_SNAPSHOT', message },
    )
    expect(state.messages[0]?.runId).toBe('run2')
  })
})

describe('data', () => {
  it('joins the last assistant message of the run', () => {
    const state = reduce(text('m1', 'a'), call('c1', 'm1'), custom({ ms: 3 }))
    expect(partsOf(state, 'm1')?.[2]).toEqual({
      id: 'm1:2',
      type: 'data',
      name: 'note',
      value: { ms: 3 },
    })
  })

  it('stands in one message of the system before the run has spoken', () => {
    const before = initialChatState([{ ...userMessage('a0', 'old'), role: 'assistant' }])
    const asked = reduceChat(before, [
      { type: 'MESSAGE_SNAPSHOT', message: userMessage('u1', 'Hi') },
      custom(1),
      custom(2),
    ])
    expect(asked.messages.map((message) => message.role)).toEqual(['assistant', 'user', 'system'])
    expect(asked.messages[2]?.parts).toMatchObject([{ value: 1 }, { value: 2 }])
  })
})

describe('data of a run that has not spoken', () => {
  it('never joins a message that happens to have its id', () => {
    const before = initialChatState([userMessage('data:1', 'Hi')])
    const { messages } = reduceChat(before, [custom(1)])
    expect(messages.map((message) => message.id)).toEqual(['data:1', 'data:2'])
  })
})

describe('identity', () => {
  it.each<AgentEvent>([
    { type: 'TOOL_CALL_END', toolCallId: 'c1' },
    call('c1', 'm1'),
    { type: 'TEXT_MESSAGE_END', messageId: 'm1' },
    { type: 'RUN_FINISHED' },
  ])('stays when something is told that is so already: $type', (event) => {
    const state = reduce(text('m1', 'a'), call('c1', 'm1'), { type: 'RUN_FINISHED' })
    expect(reduceChat(state, [event])).toBe(state)
  })

  it('stays for everything that a call does not touch', () => {
    const before = reduce(text('m1', 'a'), text('m2', 'b'), call('c1', 'm2'), text('m2', 'd'))
    const after = reduceChat(before, [text('m2', 'e')])
    expect(after.messages[0]).toBe(before.messages[0])
    expect(after.messages[1]).not.toBe(before.messages[1])
    expect(partsOf(after, 'm2')?.[0]).toBe(partsOf(before, 'm2')?.[0])
    expect(partsOf(after, 'm2')?.[1]).toBe(partsOf(before, 'm2')?.[1])
    expect(partsOf(after, 'm2')?.[2]).not.toBe(partsOf(before, 'm2')?.[2])
  })

  it.each<AgentEvent>([
    text('m1', ''),
    { type: 'TEXT_MESSAGE_END', messageId: 'nobody' },
    { type: 'TOOL_CALL_END', toolCallId: 'nobody' },
    { type: 'STEP_STARTED', stepName: 's' },
    { type: 'STATE_SNAPSHOT', snapshot: {} },
    { type: 'STATE_DELTA', delta: [] },
  ])('of the whole state stays when an event changes nothing: $type', (event) => {
    const state = reduce(text('m1', 'a'))
    expect(reduceChat(state, [event])).toBe(state)
  })

  it('of the whole state stays without events', () => {
    expect(reduceChat(empty, [])).toBe(empty)
  })
})

describe('any events', () => {
  it('give the same state in one call as in two', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (first, second) => {
        const apart = reduceChat(reduceChat(empty, first), second)
        expect(reduceChat(empty, [...first, ...second])).toEqual(apart)
      }),
      { numRuns: 300 },
    )
  })

  it('never write to the state or the events they were given', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (first, second) => {
        const before = freeze(reduceChat(empty, freeze(first)))
        expect(() => reduceChat(before, freeze(second))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  it('leave equal messages and parts with their identity', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(40), (events, cut) => {
        const kept = events.filter((event) => !event.type.includes('SNAPSHOT'))
        const before = reduceChat(empty, kept.slice(0, cut))
        const after = reduceChat(before, kept.slice(cut, cut + 1))
        const told = kept[cut]
        before.messages.forEach((message, index) => {
          const now = after.messages[index]
          if (told === undefined || !touches(told, message)) expect(now).toBe(message)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('keep part ids apart when one snapshot comes twice around new reasoning', () => {
    const part = { id: 'm1:0', type: 'text', text: '', state: 'done' } as const
    const message: ChatMessage = {
      id: 'm1',
      role: 'assistant',
      runId: null,
      parts: [part],
      text: '',
    }
    const snapshot: AgentEvent = { type: 'MESSAGE_SNAPSHOT', message }
    const thought: AgentEvent = { type: 'REASONING_MESSAGE_CONTENT', messageId: 'm1', delta: 'a' }
    const events: AgentEvent[] = [
      { type: 'TOOL_CALL_RESULT', messageId: 'm1', toolCallId: 'c1', content: '' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'd' },
      thought,
      snapshot,
      thought,
      snapshot,
      thought,
    ]
    for (let count = 1; count <= events.length; count++) {
      const parts = reduceChat(empty, events.slice(0, count)).messages[0]?.parts ?? []
      expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length)
    }
  })

  it('keep text equal to the text parts, and part ids apart', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        for (const message of reduceChat(empty, events).messages) {
          const texts = message.parts.map((part) => (part.type === 'text' ? part.text : ''))
          expect(message.text).toBe(texts.join(''))
          expect(new Set(message.parts.map((part) => part.id)).size).toBe(message.parts.length)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function touches(event: AgentEvent, message: ChatMessage): boolean {
  if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR' || event.type === 'CUSTOM')
    return true
  if ('messageId' in event && event.messageId === message.id) return true
  return (
    ('toolCallId' in event &&
      message.parts.some((part) => 'toolCallId' in part && part.toolCallId === event.toolCallId)) ||
    ('parentMessageId' in event && event.parentMessageId === message.id)
  )
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
