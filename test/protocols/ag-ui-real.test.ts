// AG-UI as its own packages have it: events that its schemas accept, written by its encoder, every type it names.
import { type BaseEvent, EventType } from '@ag-ui/core'
import { EventSchemas } from '@ag-ui/core/schemas'
import { EventEncoder } from '@ag-ui/encoder'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agUi } from '../../src/protocols/ag-ui.ts'
import { chatOf, cutAt, decodeFrames, partsOf, readingFrames, sseFrames, utf8 } from './streams.ts'

type Sent = { readonly type: string } & Readonly<Record<string, unknown>>

const run = { threadId: 't1', runId: 'r1' }
const messageId = 'm1'
const toolCallId = 'c1'
const IMAGE = { type: 'image', source: { type: 'url', value: 'https://a.b/c.png' } }

// At least one event of every type, with what its schema demands and what it allows.
const EVENTS: readonly Sent[] = [
  { type: 'RUN_STARTED', ...run, input: { ...run, messages: [], tools: [], context: [] } },
  { type: 'STEP_STARTED', stepName: 'plan' },
  { type: 'REASONING_START', messageId: 'r1' },
  { type: 'REASONING_MESSAGE_START', messageId: 'r1', role: 'reasoning' },
  { type: 'REASONING_MESSAGE_CONTENT', messageId: 'r1', delta: 'hm 🤔' },
  { type: 'REASONING_MESSAGE_END', messageId: 'r1' },
  { type: 'REASONING_END', messageId: 'r1' },
  { type: 'REASONING_MESSAGE_CHUNK', messageId: 'r2', delta: 'so' },
  { type: 'REASONING_ENCRYPTED_VALUE', subtype: 'message', entityId: 'r1', encryptedValue: 'x' },
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant', name: 'Ada' },
  { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: 'Olá, ' },
  { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: '世界' },
  { type: 'TEXT_MESSAGE_END', messageId },
  { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm2', role: 'assistant', delta: 'More' },
  { type: 'TEXT_MESSAGE_CHUNK', delta: '.' },
  { type: 'TOOL_CALL_START', toolCallId, toolCallName: 'weather', parentMessageId: messageId },
  { type: 'TOOL_CALL_ARGS', toolCallId, delta: '{"city":"São Paulo"}' },
  { type: 'TOOL_CALL_END', toolCallId },
  { type: 'TOOL_CALL_CHUNK', toolCallId: 'c2', toolCallName: 'map', delta: '{}' },
  { type: 'TOOL_CALL_RESULT', messageId: 't1', toolCallId, content: '19 °C', role: 'tool' },
  {
    type: 'TOOL_CALL_RESULT',
    messageId: 't2',
    toolCallId: 'c2',
    content: [
      { type: 'text', text: 'Here ' },
      { type: 'text', text: 'it is' },
    ],
  },
  { type: 'TOOL_CALL_RESULT', messageId: 't3', toolCallId: 'c2', content: [IMAGE] },
  { type: 'STATE_SNAPSHOT', snapshot: { a: 1 } },
  { type: 'STATE_DELTA', delta: [{ op: 'add', path: '/b', value: 2 }] },
  { type: 'ACTIVITY_SNAPSHOT', messageId: 'a1', activityType: 'PLAN', content: { steps: [] } },
  {
    type: 'ACTIVITY_DELTA',
    messageId: 'a1',
    activityType: 'PLAN',
    patch: [{ op: 'add', path: '/steps/0', value: 'x' }],
  },
  { type: 'RAW', event: { any: 'thing' }, source: 'x' },
  { type: 'CUSTOM', name: 'note', value: [1] },
  { type: 'SUBAGENT_STARTED', subagentRunId: 's1', name: 'helper' },
  { type: 'SUBAGENT_FINISHED', subagentRunId: 's1' },
  { type: 'SUBAGENT_ERROR', subagentRunId: 's2', message: 'broke' },
  { type: 'STEP_FINISHED', stepName: 'plan' },
  { type: 'RUN_FINISHED', ...run, outcome: { type: 'success' } },
  { type: 'RUN_ERROR', message: 'broke', code: 'E1' },
]

const SNAPSHOT: Sent = {
  type: 'MESSAGES_SNAPSHOT',
  messages: [
    { id: 'd1', role: 'developer', content: 'Be brief' },
    { id: 's1', role: 'system', content: 'Be kind' },
    { id: 'u1', role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    {
      id: 'a1',
      role: 'assistant',
      toolCalls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { id: 't1', role: 'tool', toolCallId: 'c1', content: [{ type: 'text', text: '3' }] },
    { id: 'x1', role: 'activity', activityType: 'PLAN', content: { steps: [] } },
    { id: 'r1', role: 'reasoning', content: 'hm' },
  ],
}

const encoder = new EventEncoder()
const encode = (event: object): string => encoder.encode(EventSchemas.parse(event) as BaseEvent)
const all = [...EVENTS, SNAPSHOT]

describe("AG-UI's own events", () => {
  it('are here of every type', () => {
    const types = new Set(all.map(({ type }) => type))
    expect(Object.values(EventType).filter((type) => !types.has(type))).toEqual([])
  })

  // A chunk without an id goes on with the one before it.
  it.each(all.filter((event) => event['delta'] !== '.'))('$type is decoded', (event) => {
    const [frame] = sseFrames(utf8(encode(event)))
    const read = readingFrames(agUi)
    expect(frame && read(frame)).toMatchObject({ kind: 'events' })
  })

  it('make the chat that they tell', () => {
    const chat = chatOf(decodeFrames(agUi, sseFrames(utf8(EVENTS.map(encode).join('')))))
    expect(chat.messages.map(({ id, role, text }) => [id, role, text])).toEqual([
      ['r1', 'assistant', ''],
      ['r2', 'assistant', ''],
      ['m1', 'assistant', 'Olá, 世界'],
      ['m2', 'assistant', 'More.'],
      ['c2', 'assistant', ''],
      ['t1', 'tool', ''],
      ['t2', 'tool', ''],
      ['t3', 'tool', ''],
    ])
    expect(partsOf(chat, 'reasoning').map(({ text }) => text)).toEqual(['hm 🤔', 'so'])
    expect(partsOf(chat, 'tool-call')).toMatchObject([
      { name: 'weather', args: '{"city":"São Paulo"}', state: 'done' },
      { name: 'map', args: '{}' },
    ])
    expect(partsOf(chat, 'tool-result').map(({ content }) => content)).toEqual([
      '19 °C',
      'Here it is',
      JSON.stringify(IMAGE),
    ])
  })

  it('hold whole conversations', () => {
    const { messages } = chatOf(decodeFrames(agUi, sseFrames(utf8(encode(SNAPSHOT)))))
    expect(messages.map(({ role, text }) => [role, text])).toEqual([
      ['system', 'Be brief'],
      ['system', 'Be kind'],
      ['user', 'Hi'],
      ['assistant', ''],
      ['tool', ''],
      ['assistant', ''],
      ['assistant', ''],
    ])
    expect(messages[4]?.parts).toMatchObject([{ type: 'tool-result', content: '3' }])
  })

  it('end in a stop when the run was cancelled', () => {
    const event = { type: 'RUN_FINISHED', ...run, outcome: { type: 'cancelled' } }
    expect(decodeFrames(agUi, sseFrames(utf8(encode(event))))).toEqual([
      { type: 'RUN_FINISHED', runId: 'r1', reason: 'stopped' },
    ])
  })

  it('read the same however their bytes are split', () => {
    const bytes = utf8(EVENTS.map(encode).join(''))
    const whole = decodeFrames(agUi, sseFrames(bytes))
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (places) => {
        expect(decodeFrames(agUi, sseFrames(...cutAt(bytes, places)))).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })
})

describe('ids that are made up', () => {
  const thought = '{"type":"THINKING_TEXT_MESSAGE_CONTENT","delta":"hm"}'
  const frames = sseFrames(utf8(`data: ${thought}\n\n`))

  it('are the same on a replay and differ from run to run', () => {
    expect(decodeFrames(agUi, frames)).toEqual(decodeFrames(agUi, frames))
    expect(decodeFrames(agUi, frames)).toMatchObject([{ messageId: 'thinking:0-0' }])
    expect(decodeFrames(agUi, frames, 2)).toMatchObject([{ messageId: 'thinking:2-0' }])
  })
})
