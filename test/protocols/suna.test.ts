import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { suna } from '../../src/protocols/suna.ts'
import { chatAfter, decodeAll, eventsOf, fixtureLines, frameOf, reading } from './streams.ts'

const row = (type: string, content: object, metadata: object = {}, more: object = {}): object => ({
  message_id: null,
  thread_id: 't1',
  type,
  content: JSON.stringify(content),
  metadata: JSON.stringify({ thread_run_id: 'r1', ...metadata }),
  ...more,
})
const chunk = (text: string, sequence: number, run = 'r1'): object =>
  row(
    'assistant',
    { role: 'assistant', content: text },
    { stream_status: 'chunk', thread_run_id: run },
    { sequence },
  )
const complete = (id: string, text: string): object =>
  row(
    'assistant',
    { role: 'assistant', content: text, tool_calls: null },
    { stream_status: 'complete' },
    { message_id: id },
  )
const reasoning = (text: string): object =>
  row('reasoning', { reasoning_content: text }, { stream_status: 'reasoning_chunk' })
const callChunk = (call: object): object =>
  row('status', { status_type: 'tool_call_chunk', tool_call_chunk: call })
const completed = { type: 'status', status: 'completed' }

const textsOf = (payloads: readonly (string | object)[]) =>
  chatAfter(suna(), payloads).messages.map(({ id, text }) => [id, text])

describe('turns', () => {
  it('that both start at sequence 0 are two messages', () => {
    expect(
      textsOf([
        chunk('I will ', 0),
        chunk('search.', 1),
        complete('m1', 'I will search.'),
        chunk('Found ', 0),
        chunk('it.', 1),
        complete('m2', 'Found it.'),
        completed,
      ]),
    ).toEqual([
      ['m1', 'I will search.'],
      ['m2', 'Found it.'],
    ])
  })

  it('are told apart while the second still streams', () => {
    expect(
      textsOf([chunk('One', 0), complete('m1', 'One'), chunk('Tw', 0), chunk('o', 1)]),
    ).toEqual([
      ['m1', 'One'],
      ['turn:L-1-2', 'Two'],
    ])
  })

  it('of another run begin another message without a complete', () => {
    expect(textsOf([chunk('cut o', 0), chunk('Again', 0, 'r2')])).toEqual([
      ['turn:L-1-0', 'cut o'],
      ['turn:L-1-1', 'Again'],
    ])
  })

  it('are one turn although only some of its rows name their run', () => {
    const nameless = { ...chunk('He', 0), metadata: '{"stream_status": "chunk"}' }
    expect(textsOf([nameless, chunk('llo', 1), complete('m1', 'Hello')])).toEqual([['m1', 'Hello']])
    expect(textsOf([chunk('llo', 1), nameless])).toEqual([['turn:L-1-0', 'lloHe']])
  })

  it('are named by a running count where the wire gives no ids', () => {
    const read = reading(suna())
    read(completed)
    expect(eventsOf(read(chunk('a', 7)))).toMatchObject([{ messageId: 'turn:1' }])
    expect(eventsOf(read(chunk('b', 7)))).toMatchObject([{ messageId: 'turn:1' }])
  })

  it('have the same names whatever pings stood between their events', () => {
    const log = [chunk('a', 0), complete('m1', 'a'), chunk('b', 0)]
    const ping = { type: 'ping' }
    const idsIn = (payloads: readonly object[]) => {
      const read = reading(suna())
      return payloads
        .flatMap((payload) => eventsOf(read(payload)))
        .map((event) => 'messageId' in event && event.messageId)
    }
    expect(idsIn(log.flatMap((payload) => [ping, ping, payload]))).toEqual(idsIn(log))
  })

  it('of another run have other names', () => {
    const user = row('user', { content: 'Hi' })
    const tool = row('tool', { content: '3' })
    const idsIn = (run: number) => {
      const read = reading(suna(), run)
      return [chunk('a', 0), user, tool].flatMap((payload) =>
        eventsOf(read(payload)).map((event) =>
          event.type === 'MESSAGE_SNAPSHOT'
            ? event.message.id
            : 'messageId' in event && event.messageId,
        ),
      )
    }
    expect(idsIn(0)).toEqual(['turn:0', 'user:1', 'tool:2'])
    expect(idsIn(1)).toEqual(['turn:1-0', 'user:1-1', 'tool:1-2'])
  })

  it('end in the full text, whatever the chunks had added up to', () => {
    expect(
      textsOf([chunk('lo wor', 3), chunk('HelHel', 0), complete('m1', 'Hello world')]),
    ).toEqual([['m1', 'Hello world']])
  })

  it('keep their reasoning when the full text comes', () => {
    const { messages } = chatAfter(suna(), [reasoning('hm'), chunk('Ye', 1), complete('m1', 'Yes')])
    expect(messages).toMatchObject([
      {
        id: 'm1',
        parts: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'Yes' },
        ],
      },
    ])
  })

  it('heal when a whole turn is replayed', () => {
    const turn = [chunk('He', 0), chunk('llo', 1), complete('m1', 'Hello')]
    const events = decodeAll(suna(), turn)
    const read = reading(suna())
    const twice = [0, 1].flatMap(() =>
      turn.flatMap((data, at) => eventsOf(read(data, `L-1-${at}`))),
    )
    expect(twice.slice(turn.length)).toEqual(events)
    expect(textsOf([...turn, ...turn])).toEqual([['m1', 'Hello']])
  })

  it('read again from the start give the same ids', () => {
    const log = [chunk('a', 0), complete('m1', 'a'), chunk('b', 0), reasoning('c')]
    expect(decodeAll(suna(), log.slice(0, 3))).toEqual(decodeAll(suna(), log).slice(0, 3))
  })
})

describe('resuming', () => {
  it('is by cursor, which only Suna itself calls last_id, or from the start', () => {
    expect(suna()).toMatchObject({ resume: 'from-start', afterParam: undefined })
    expect(suna({ endpoint: 'relay' }).afterParam).toBeUndefined()
    expect(suna({ endpoint: 'own' }).afterParam).toBe('last_id')
  })
})

describe('text', () => {
  it('of one character per chunk adds up to what was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (text) => {
        const chunks = [...text].map((char, index) => chunk(char, index))
        expect(textsOf(chunks)).toEqual([['turn:L-1-0', text]])
        expect(textsOf([...chunks, complete('m1', text)])).toEqual([['m1', text]])
      }),
      { numRuns: 50 },
    )
  })

  it('may come with content and metadata already unwrapped', () => {
    const read = reading(suna())
    const bare = {
      type: 'assistant',
      content: { content: 'Hi' },
      metadata: { stream_status: 'chunk' },
    }
    expect(eventsOf(read(bare))).toEqual([
      { type: 'TEXT_MESSAGE_CONTENT', messageId: 'turn:0', delta: 'Hi' },
    ])
  })

  it('may be missing from a chunk that only names the role', () => {
    expect(
      eventsOf(reading(suna())(row('assistant', { content: null }, { stream_status: 'chunk' }))),
    ).toEqual([])
  })

  it('of a user is a message of its own', () => {
    const user = row('user', { role: 'user', content: 'Hi' }, {}, { message_id: 'u1' })
    expect(chatAfter(suna(), [user]).messages).toMatchObject([
      { id: 'u1', role: 'user', text: 'Hi' },
    ])
  })
})

describe('tool calls', () => {
  const delta = (index: number, args: string, more: object = {}) => ({
    index,
    function: { arguments: args },
    ...more,
  })

  it('are told apart by index once their ids are left out', () => {
    const { messages } = chatAfter(suna(), [
      callChunk({ id: 'c1', index: 0, function: { name: 'a', arguments: '' } }),
      callChunk({ id: 'c2', index: 1, function: { name: 'b', arguments: '[' } }),
      callChunk(delta(0, '{', { id: null })),
      callChunk(delta(1, ']')),
      callChunk(delta(0, '}')),
    ])
    expect(messages).toHaveLength(1)
    expect(messages[0]?.parts).toMatchObject([
      { toolCallId: 'c1', name: 'a', args: '{}' },
      { toolCallId: 'c2', name: 'b', args: '[]' },
    ])
  })

  it('of a second turn begin anew at index 0', () => {
    const { messages } = chatAfter(suna(), [
      callChunk(delta(0, '1', { id: 'c1' })),
      complete('m1', ''),
      callChunk(delta(0, '2', { id: 'c2' })),
    ])
    expect(messages.map((message) => message.id)).toEqual(['m1', 'turn:L-1-2'])
    expect(messages[1]?.parts).toMatchObject([{ toolCallId: 'c2', args: '2' }])
  })

  it('have parsed arguments in metadata when content has none', () => {
    const call = { tool_call_id: 'c1', function_name: 'f', arguments: { q: 1 } }
    const done = row(
      'assistant',
      { content: 'x' },
      { stream_status: 'complete', tool_calls: [call] },
      { message_id: 'm1' },
    )
    expect(chatAfter(suna(), [done]).messages[0]?.parts[1]).toMatchObject({
      toolCallId: 'c1',
      name: 'f',
      args: '{"q":1}',
    })
  })

  it('find the id of their result on the third level of JSON', () => {
    const execution = { tool_execution: { function_name: 'f', tool_call_id: 'c7', result: {} } }
    const result = row('tool', { content: JSON.stringify(execution) }, {}, { message_id: 'm8' })
    expect(eventsOf(reading(suna())(result))).toMatchObject([{ messageId: 'm8', toolCallId: 'c7' }])
  })

  it('keep a result that only looks like the third level', () => {
    const content = '{"tool_execution": broken'
    const result = row('tool', { content }, {}, { message_id: 'm8' })
    expect(eventsOf(reading(suna())(result))).toMatchObject([{ toolCallId: 'm8', content }])
  })
})

describe('the end', () => {
  const endOf = (status: string, message?: string): readonly AgentEvent[] =>
    eventsOf(reading(suna())({ type: 'status', status, message }))

  it.each(['completed', 'END_STREAM'])('of a run that is %s', (status) => {
    expect(endOf(status)).toEqual([{ type: 'RUN_FINISHED', reason: 'completed' }])
  })

  it.each(['stopped', 'STOP'])('of a run that is %s', (status) => {
    expect(endOf(status)).toEqual([{ type: 'RUN_FINISHED', reason: 'stopped' }])
  })

  it.each(['failed', 'error', 'ERROR'])('of a run that is %s says why', (status) => {
    expect(endOf(status, 'no')).toEqual([{ type: 'RUN_ERROR', message: 'no' }])
    expect(endOf(status)).toEqual([{ type: 'RUN_ERROR', message: status }])
  })

  it.each([
    { type: 'error', error: 'x', error_code: 'LLM_RATE' },
    { type: 'status', status: 'initializing' },
    row('status', { status_type: 'error', message: 'x' }),
    row('status', { status_type: 'finish', finish_reason: 'stop' }),
    row('status', { status_type: 'tool_failed', tool_call_id: null }),
  ])('is not told by %j', (payload) => {
    expect(eventsOf(reading(suna())(payload)).map((event) => event.type)).toEqual(['CUSTOM'])
  })
})

describe('marks of a turn', () => {
  it.each([
    row('status', { status_type: 'assistant_response_start' }),
    row('status', { status_type: 'thread_run_end' }),
    row('llm_response_start', { model: 'x/y' }),
    { type: 'llm_response_end' },
  ])('end nothing and leave nothing in the chat: %j', (mark) => {
    expect(eventsOf(reading(suna())(mark))[0]?.type).toMatch(/^STEP_/)
    expect(chatAfter(suna(), [mark]).messages).toEqual([])
  })
})

describe('cursor', () => {
  const cursorOf = (data: string | object, id?: string) => suna().cursor?.(frameOf(data, id))

  it('is the id of the frame, else the one in the JSON', () => {
    expect(cursorOf({ type: 'ping', _event_id: '1-0' }, 'S-1-0')).toBe('S-1-0')
    expect(cursorOf({ type: 'ping', _event_id: '1-0' })).toBe('1-0')
    expect(cursorOf({ type: 'ping' })).toBeUndefined()
  })

  it.each(['{"_event_id": 5}', '{"_event_id"', '["_event_id"]', '{"content": "\\"_event_id\\""}'])(
    'is not read from %s',
    (data) => {
      expect(cursorOf(data)).toBeUndefined()
    },
  )

  it('names the turn too', () => {
    const event = { ...chunk('a', 0), _event_id: '17-0' }
    expect(eventsOf(reading(suna())(event))).toMatchObject([{ messageId: 'turn:17-0' }])
  })
})

describe('bad input', () => {
  it.each([
    ['not json', /data to be JSON, got "not json"/],
    ['[]', /data to be an object, got \[\]/],
    ['{}', /type of the event to be a string, got undefined/],
    [{ type: 'status' }, /status of a bare status to be a string/],
    [{ ...row('assistant', {}), content: '{"content": "Vo' }, /content to be JSON/],
    [{ ...row('assistant', {}), metadata: '{' }, /metadata to be JSON/],
    [{ ...row('assistant', {}), content: '5' }, /content to be an object, got 5/],
    [row('assistant', { content: 5 }, { stream_status: 'chunk' }), /content of assistant/],
    [row('reasoning', {}), /reasoning_content of content to be a string/],
    [row('status', {}), /status_type of content to be a string/],
    [callChunk([]), /tool_call_chunk of content to be an object/],
  ])('is malformed with a reason: %j', (payload, reason) => {
    expect(reading(suna())(payload)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })

  it('of a type that is not known is unknown, unless it was asked for', () => {
    const event = { type: 'browser_state', url: '/' }
    expect(reading(suna())(event)).toEqual({ kind: 'unknown', type: 'browser_state' })
    expect(eventsOf(reading(suna({ customTypes: ['browser_state'] }))(event))).toEqual([
      { type: 'CUSTOM', name: 'browser_state', value: event },
    ])
  })

  it('does not disturb what follows', () => {
    const read = reading(suna())
    const kinds = [chunk('a', 0), 'junk', { ...chunk('b', 1), content: '{' }].map(
      (data, index) => read(data, `L-1-${index}`).kind,
    )
    expect(kinds).toEqual(['events', 'malformed', 'malformed'])
    expect(eventsOf(read(chunk('c', 2), 'L-1-3'))).toMatchObject([{ messageId: 'turn:L-1-0' }])
  })

  it('never throws', () => {
    const types = ['assistant', 'status', 'tool', 'reasoning', 'user', 'error', 'ping', 'x']
    const inner = fc.oneof(fc.json(), fc.jsonValue(), fc.constantFrom('', '{', 'null'))
    const event = fc.record(
      { type: fc.constantFrom(...types), content: inner, metadata: inner, status: fc.jsonValue() },
      { requiredKeys: ['type'] },
    )
    const payload = fc.oneof(
      fc.string(),
      fc.json(),
      event.map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 5 }), (payloads) => {
        const read = reading(suna())
        for (const data of payloads)
          expect(['events', 'unknown', 'malformed']).toContain(read(data).kind)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws on a fixture that was cut or had one character changed', () => {
    const lines = [
      ...fixtureLines('suna-list-events.jsonl'),
      ...fixtureLines('suna-stream-events.jsonl'),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        (line, at, junk) => {
          const place = at % line.length
          const read = reading(suna())
          read(line.slice(0, place))
          expect(read(line.slice(0, place) + junk + line.slice(place + 1)).kind).toBeDefined()
        },
      ),
      { numRuns: 500 },
    )
  })
})
