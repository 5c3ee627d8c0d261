import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { agUi } from '../../src/protocols/ag-ui.ts'
import { chatAfter, decodeAll, eventsOf, reading } from './streams.ts'

const decode = (payload: string | object) => reading(agUi)(payload)

describe('plain events', () => {
  const plain: readonly AgentEvent[] = [
    { type: 'RUN_STARTED', runId: 'run1' },
    { type: 'RUN_FINISHED', runId: 'run1' },
    { type: 'RUN_ERROR', message: 'broke', code: 'E1' },
    { type: 'STEP_STARTED', stepName: 'plan' },
    { type: 'STEP_FINISHED', stepName: 'plan' },
    { type: 'TEXT_MESSAGE_START', messageId: 'm1', role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Hé' },
    { type: 'TEXT_MESSAGE_END', messageId: 'm1' },
    { type: 'REASONING_MESSAGE_START', messageId: 'm1' },
    { type: 'REASONING_MESSAGE_CONTENT', messageId: 'm1', delta: 'hm' },
    { type: 'REASONING_MESSAGE_END', messageId: 'm1' },
    { type: 'TOOL_CALL_START', toolCallId: 'c1', toolCallName: 'f', parentMessageId: 'm1' },
    { type: 'TOOL_CALL_ARGS', toolCallId: 'c1', delta: '{' },
    { type: 'TOOL_CALL_END', toolCallId: 'c1' },
    { type: 'TOOL_CALL_RESULT', messageId: 'r1', toolCallId: 'c1', content: '3' },
    { type: 'STATE_SNAPSHOT', snapshot: { a: 1 } },
    { type: 'STATE_DELTA', delta: [{ op: 'add', path: '/a', value: 2 }] },
    { type: 'CUSTOM', name: 'note', value: { b: [1] } },
  ]

  it.each(plain)('$type is read by its own name', (event) => {
    expect(eventsOf(decode(event))).toEqual([event])
  })

  it('keep nothing that is not ours', () => {
    const sent = {
      type: 'TEXT_MESSAGE_END',
      messageId: 'm1',
      timestamp: 5,
      rawEvent: { huge: true },
    }
    expect(eventsOf(decode(sent))).toEqual([{ type: 'TEXT_MESSAGE_END', messageId: 'm1' }])
  })

  it('may hold null where a field may be missing', () => {
    const sent = {
      type: 'TOOL_CALL_START',
      toolCallId: 'c',
      toolCallName: 'f',
      parentMessageId: null,
    }
    expect(eventsOf(decode(sent))).toMatchObject([{ parentMessageId: undefined }])
  })

  it.each([
    ['developer', 'system'],
    ['user', 'user'],
    ['assistant', 'assistant'],
    [undefined, 'assistant'],
    ['narrator', 'assistant'],
  ])('of the role %s are those of the %s', (role, ours) => {
    const sent = { type: 'TEXT_MESSAGE_START', messageId: 'm1', role }
    expect(eventsOf(decode(sent))).toMatchObject([{ role: ours }])
  })

  it.each([
    'RAW',
    'ACTIVITY_SNAPSHOT',
    'ACTIVITY_DELTA',
    'REASONING_ENCRYPTED_VALUE',
    'SUBAGENT_STARTED',
  ])('%s passes through', (type) => {
    const sent = { type, event: 1, content: {} }
    expect(eventsOf(decode(sent))).toEqual([{ type: 'CUSTOM', name: type, value: sent }])
  })

  it.each(['REASONING_START', 'REASONING_END', 'THINKING_START', 'THINKING_END'])(
    '%s says nothing of its own',
    (type) => {
      expect(eventsOf(decode({ type, messageId: 'm1' }))).toEqual([])
    },
  )
})

describe('chunks', () => {
  it('begin a message once and may then leave out its id', () => {
    const type = 'TEXT_MESSAGE_CHUNK'
    expect(
      decodeAll(agUi, [
        { type, messageId: 'm1', role: 'user', delta: 'a' },
        { type, delta: 'b' },
        { type, messageId: 'm1' },
      ]),
    ).toEqual([
      { type: 'TEXT_MESSAGE_START', messageId: 'm1', role: 'user' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'a' },
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'b' },
    ])
  })

  it('end what they lengthened when they go over to something else', () => {
    const types = decodeAll(agUi, [
      { type: 'REASONING_MESSAGE_CHUNK', messageId: 'm1', delta: 'hm' },
      { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm1', delta: 'a' },
      { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm2', delta: 'b' },
      { type: 'TOOL_CALL_CHUNK', toolCallId: 'c1', toolCallName: 'f', delta: '{' },
      { type: 'TOOL_CALL_CHUNK', delta: '}' },
    ]).map((event) => event.type)
    expect(types).toEqual([
      'REASONING_MESSAGE_START',
      'REASONING_MESSAGE_CONTENT',
      'REASONING_MESSAGE_END',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'TOOL_CALL_START',
      'TOOL_CALL_ARGS',
      'TOOL_CALL_ARGS',
    ])
  })

  it.each([
    [{ type: 'TEXT_MESSAGE_CHUNK', delta: 'a' }, /messageId of the first TEXT_MESSAGE_CHUNK/],
    [{ type: 'TOOL_CALL_CHUNK', toolCallId: 'c1' }, /toolCallName of TOOL_CALL_START/],
    [{ type: 'TEXT_MESSAGE_CHUNK', messageId: 'm1', delta: 5 }, /delta of TEXT_MESSAGE_CONTENT/],
  ])('are malformed without what they need: %j', (payload, reason) => {
    expect(decode(payload)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })
})

describe('thinking', () => {
  it('gets a message of its own per thought, named by log position', () => {
    const [start, content, end] = ['START', 'CONTENT', 'END'].map((step) => ({
      type: `THINKING_TEXT_MESSAGE_${step}`,
      delta: 'hm',
    })) as [object, object, object]
    const ids = decodeAll(agUi, [start, content, end, start, content]).map((event) =>
      'messageId' in event ? `${event.type} ${event.messageId}` : event.type,
    )
    expect(ids).toEqual([
      'REASONING_MESSAGE_START thinking:L-1-0',
      'REASONING_MESSAGE_CONTENT thinking:L-1-0',
      'REASONING_MESSAGE_END thinking:L-1-0',
      'REASONING_MESSAGE_START thinking:L-1-3',
      'REASONING_MESSAGE_CONTENT thinking:L-1-3',
    ])
  })

  it('is created when the stream begins in its middle', () => {
    const { messages } = chatAfter(agUi, [{ type: 'THINKING_TEXT_MESSAGE_CONTENT', delta: 'hm' }])
    expect(messages).toMatchObject([{ parts: [{ type: 'reasoning', text: 'hm' }] }])
  })
})

describe('MESSAGES_SNAPSHOT', () => {
  const snapshotOf = (...messages: unknown[]) => decode({ type: 'MESSAGES_SNAPSHOT', messages })
  const messagesOf = (...messages: unknown[]) => {
    const [event] = eventsOf(snapshotOf(...messages))
    return event?.type === 'MESSAGES_SNAPSHOT' ? event.messages : []
  }

  it('maps every role', () => {
    const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"q":1}' } }]
    expect(
      messagesOf(
        { id: 'u1', role: 'user', content: 'Hi' },
        { id: 'a1', role: 'assistant', content: 'Look', toolCalls: calls },
        { id: 't1', role: 'tool', toolCallId: 'c1', content: '3' },
        { id: 'r1', role: 'reasoning', content: 'hm' },
        { id: 'd1', role: 'developer', content: 'Be brief' },
      ),
    ).toEqual([
      {
        id: 'u1',
        role: 'user',
        runId: null,
        text: 'Hi',
        parts: [{ id: 'u1:0', type: 'text', text: 'Hi', state: 'done' }],
      },
      {
        id: 'a1',
        role: 'assistant',
        runId: null,
        text: 'Look',
        parts: [
          { id: 'a1:0', type: 'text', text: 'Look', state: 'done' },
          {
            id: 'a1:1',
            type: 'tool-call',
            toolCallId: 'c1',
            name: 'f',
            args: '{"q":1}',
            state: 'done',
          },
        ],
      },
      {
        id: 't1',
        role: 'tool',
        runId: null,
        text: '',
        parts: [{ id: 't1:0', type: 'tool-result', toolCallId: 'c1', content: '3' }],
      },
      {
        id: 'r1',
        role: 'assistant',
        runId: null,
        text: '',
        parts: [{ id: 'r1:0', type: 'reasoning', text: 'hm', state: 'done' }],
      },
      expect.objectContaining({ id: 'd1', role: 'system', text: 'Be brief' }),
    ])
  })

  it('keeps what has no counterpart as data', () => {
    const image = { type: 'binary', mimeType: 'image/png', url: '/x.png' }
    expect(
      messagesOf(
        { id: 'u1', role: 'user', content: [{ type: 'text', text: 'See' }, image] },
        { id: 'x1', role: 'activity', activityType: 'PLAN', content: { steps: [] } },
      ),
    ).toMatchObject([
      { text: 'See', parts: [{ type: 'text' }, { type: 'data', name: 'user', value: image }] },
      { role: 'assistant', parts: [{ type: 'data', name: 'PLAN', value: { steps: [] } }] },
    ])
  })

  it('may hold an assistant that only calls', () => {
    expect(messagesOf({ id: 'a1', role: 'assistant', content: null })).toMatchObject([
      { id: 'a1', parts: [] },
    ])
  })

  it.each([
    [[{ role: 'user' }], /id of messages\[0\] to be a string/],
    [['Hi'], /an array of objects/],
    [[{ id: 't1', role: 'tool', content: '3' }], /toolCallId of messages\[0\]/],
    [[{ id: 'a1', toolCalls: {} }], /an array of objects/],
    [[{ id: 'a1', toolCalls: [{ id: 'c1' }] }], /function of messages\[0\] to be an object/],
  ])('is malformed with a reason: %j', (messages, reason) => {
    expect(snapshotOf(...messages)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })
})

describe('bad input', () => {
  it.each([
    ['', /data to be JSON/],
    ['[DONE]', /data to be JSON, got "\[DONE\]"/],
    ['"text"', /data to be an object/],
    [{ kind: 'x' }, /type of the event to be a string, got undefined/],
    [
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1' },
      /delta of TEXT_MESSAGE_CONTENT .* got undefined/,
    ],
    [
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 7, delta: 'a' },
      /messageId .* to be a string, got 7/,
    ],
    [
      { type: 'TOOL_CALL_RESULT', messageId: 'r', toolCallId: 'c', content: {} },
      /content .* got {}/,
    ],
    [{ type: 'RUN_ERROR' }, /message of RUN_ERROR/],
    [{ type: 'MESSAGES_SNAPSHOT' }, /an array of objects, got undefined/],
  ])('is malformed with a reason: %j', (payload, reason) => {
    expect(decode(payload)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })

  it.each(['assistant', 'constructor', '__proto__', 'TEXT_MESSAGE_MIDDLE', 'FOO_CHUNK', '_', ''])(
    'of the unknown type "%s" is counted by its type',
    (type) => {
      expect(decode({ type })).toEqual({ kind: 'unknown', type })
    },
  )

  it('never throws', () => {
    const fields = fc.constantFrom('messageId', 'toolCallId', 'delta', 'role', 'messages', 'name')
    const types = fc.constantFrom(
      'TEXT_MESSAGE_CHUNK',
      'TOOL_CALL_CHUNK',
      'TOOL_CALL_START',
      'THINKING_TEXT_MESSAGE_MIDDLE',
      'MESSAGES_SNAPSHOT',
      'STATE_DELTA',
      'x',
    )
    const event = fc
      .tuple(types, fc.dictionary(fields, fc.jsonValue()))
      .map(([type, rest]) => JSON.stringify({ ...rest, type }))
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.json(), event), { maxLength: 5 }),
        (payloads) => {
          const read = reading(agUi)
          for (const data of payloads) {
            const result = read(data)
            expect(['events', 'unknown', 'malformed']).toContain(result.kind)
            if (result.kind === 'events') expect(result.events).not.toContain(undefined)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
