// OpenAI's streams, against what OpenAI's own client makes of the same bytes.
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { openAi } from '../../src/protocols/open-ai.ts'
import {
  chatOf,
  cutAt,
  decodeFrames,
  eventsOf,
  partsOf,
  reading,
  sseFrames,
  utf8,
} from './streams.ts'

type Payload = Readonly<Record<string, unknown>>

const FINISHED = { type: 'RUN_FINISHED', reason: 'completed' }
const DONE = 'data: [DONE]\n\n'

const clientOf = (body: string): OpenAI =>
  new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: () =>
      Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
  })

const eventsIn = (body: string, run = 0): AgentEvent[] =>
  decodeFrames(openAi(), sseFrames(utf8(body)), run)

const endsIn = (body: string) =>
  eventsIn(body).filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')

const customIn = (body: string) =>
  eventsIn(body).flatMap((event) => (event.type === 'CUSTOM' ? [[event.name, event.value]] : []))

function isSameHoweverSplit(body: string): void {
  const bytes = utf8(body)
  const whole = eventsIn(body)
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
      expect(decodeFrames(openAi(), sseFrames(...cutAt(bytes, places)))).toEqual(whole)
    }),
    { numRuns: 30 },
  )
}

describe('Chat Completions', () => {
  const chunk = (delta: Payload, more: Payload = {}, finish: string | null = null, index = 0) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index, delta, finish_reason: finish }],
      ...more,
    })}\n\n`
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
  const callDelta = (index: number, args: string, start?: { id: string; name: string }) => ({
    tool_calls: [
      {
        index,
        ...(start && { id: start.id, type: 'function' }),
        function: { ...(start && { name: start.name }), arguments: args },
      },
    ],
  })

  const SPOKEN = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Olá, ' }),
    chunk({ content: 'mundo 🌍' }),
    chunk({ content: '' }, {}, 'stop'),
    chunk({}, { choices: [], usage }),
    DONE,
  ].join('')

  const CALLING = [
    chunk({ role: 'assistant', content: 'Let me see.' }),
    chunk(callDelta(0, '', { id: 'call_a', name: 'weather' })),
    chunk(callDelta(0, '{"city":')),
    chunk(callDelta(1, '{"q"', { id: 'call_b', name: 'search' })),
    chunk(callDelta(0, '"São Paulo"}')),
    chunk(callDelta(1, ':"☔"}')),
    chunk({}, {}, 'tool_calls'),
    DONE,
  ].join('')

  const finalOf = (body: string) =>
    clientOf(body).chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion()

  it.each([
    ['text', SPOKEN],
    ['tool calls', CALLING],
  ])('read as by the own client: %s', async (_, body) => {
    const { choices, id } = await finalOf(body)
    const message = choices[0]?.message
    const chat = chatOf(eventsIn(body))
    expect(chat.messages.map((one) => [one.id, one.role, one.text])).toEqual([
      [id, 'assistant', message?.content],
    ])
    expect(
      partsOf(chat, 'tool-call').map((call) => [call.toolCallId, call.name, call.args]),
    ).toEqual(
      (message?.tool_calls ?? []).map((call) =>
        call.type === 'function' ? [call.id, call.function.name, call.function.arguments] : [],
      ),
    )
    expect(chat.messages.flatMap(({ parts }) => parts)).toEqual(
      chat.messages.flatMap(({ parts }) =>
        parts.map((part) => ('state' in part ? { ...part, state: 'done' } : part)),
      ),
    )
    isSameHoweverSplit(body)
  })

  it('keep every choice as a message', async () => {
    const body = [
      chunk({ role: 'assistant', content: 'Yes' }),
      chunk({ role: 'assistant', content: 'No' }, {}, null, 1),
      chunk({ content: '.' }, {}, 'stop'),
      chunk({ content: '!' }, {}, 'stop', 1),
      DONE,
    ].join('')
    const { choices } = await finalOf(body)
    const { messages } = chatOf(eventsIn(body))
    expect(messages.map(({ id, text }) => [id, text])).toEqual([
      ['chatcmpl-1', choices[0]?.message.content],
      ['chatcmpl-1:1', choices[1]?.message.content],
    ])
    expect(eventsIn(body).at(-1)).toEqual(FINISHED)
    expect(endsIn(body)).toHaveLength(1)
  })

  it('say what is refused as text', async () => {
    const body = [
      chunk({ role: 'assistant', refusal: 'I can’t ' }),
      chunk({ refusal: 'help.' }, {}, 'stop'),
    ].join('')
    const { choices } = await finalOf(body + DONE)
    expect(chatOf(eventsIn(body)).messages[0]?.text).toBe(choices[0]?.message.refusal)
  })

  it.each(['reasoning_content', 'reasoning'])('reason in %s until the answer begins', (name) => {
    const body = [chunk({ [name]: 'Hm, ' }), chunk({ [name]: 'so.' }), chunk({ content: 'Yes' })]
    expect(chatOf(eventsIn(body.join(''))).messages[0]?.parts).toMatchObject([
      { type: 'reasoning', text: 'Hm, so.', state: 'done' },
      { type: 'text', text: 'Yes', state: 'streaming' },
    ])
  })

  it('end by their finish reason, also without [DONE], and once', () => {
    expect(endsIn(SPOKEN)).toEqual([FINISHED])
    expect(endsIn(SPOKEN.replace(DONE, ''))).toEqual([FINISHED])
    expect(endsIn(CALLING)).toEqual([FINISHED])
  })

  it('are not over when tools are called: another completion may follow', () => {
    const [, first = ''] = /^([^]*)data: \[DONE\]/.exec(CALLING) ?? []
    expect(endsIn(first)).toEqual([])
    const both = first + SPOKEN.replaceAll('chatcmpl-1', 'chatcmpl-2')
    expect(chatOf(eventsIn(both)).messages.map(({ id, text }) => [id, text])).toEqual([
      ['chatcmpl-1', 'Let me see.'],
      ['chatcmpl-2', 'Olá, mundo 🌍'],
    ])
    expect(endsIn(both)).toEqual([FINISHED])
  })

  it('tell their usage once, and why they ended early', () => {
    expect(customIn(SPOKEN)).toEqual([['usage', usage]])
    const body = [
      chunk({ content: 'a' }, { usage }),
      chunk({ content: 'b' }, { usage }),
      chunk({}, { usage }, 'length'),
    ].join('')
    expect(customIn(body)).toEqual([
      ['finish_reason', 'length'],
      ['usage', usage],
    ])
  })

  it('keep their annotations', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://a.b' } }]
    expect(customIn(chunk({ annotations }))).toEqual([['annotations', annotations]])
  })

  it.each([
    [{ error: { message: 'too many', code: 429 } }, 'too many', '429'],
    [{ error: { message: 'bad', type: 'server_error', code: null } }, 'bad', 'server_error'],
    [{ error: 'overloaded' }, 'overloaded', undefined],
    [{ object: 'error', message: 'no model', code: 404 }, 'no model', '404'],
    [
      { choices: [{ delta: {}, finish_reason: 'error' }], error: { message: 'cut' } },
      'cut',
      undefined,
    ],
  ])('fail by an error: %j', (payload, message, code) => {
    const body = `data: ${JSON.stringify(payload)}\n\n${DONE}`
    expect(eventsIn(body)).toEqual([{ type: 'RUN_ERROR', message, code }])
  })

  describe('of other vendors', () => {
    const parsed = (...payloads: object[]) => {
      const read = reading(openAi())
      return chatOf(payloads.flatMap((payload) => eventsOf(read(payload))))
    }
    const choice = (delta: object, more: object = {}) => ({ choices: [{ delta, ...more }] })

    it('may have no ids, or another one in every chunk', () => {
      expect(parsed(choice({ content: 'a' }), choice({ content: 'b' })).messages).toMatchObject([
        { id: 'message:0', text: 'ab' },
      ])
      const renamed = ['x', 'y'].map((id) => ({ id, ...choice({ content: id }) }))
      expect(parsed(...renamed).messages).toMatchObject([{ id: 'x', text: 'xy' }])
    })

    it('may begin with a chunk that has neither choices nor an id', () => {
      const filter = { id: '', object: '', choices: [], prompt_filter_results: [] }
      const { messages } = parsed(filter, { id: 'x', ...choice({ content: 'a' }) })
      expect(messages.map(({ id }) => id)).toEqual(['x'])
    })

    it('may number all calls 0, or none, and leave out their ids', () => {
      const call = (more: object) => choice({ tool_calls: [{ ...more }] })
      const f = (args: unknown) => ({ function: { name: 'f', arguments: args } })
      const chat = parsed(
        call({ index: 0, id: 'a', ...f('{"x":1}') }),
        call({ index: 0, id: 'b', ...f({ x: 2 }) }),
        call({ index: 1, ...f('{') }),
        call({ index: 1, function: { arguments: '}' } }),
      )
      expect(partsOf(chat, 'tool-call').map(({ toolCallId, args }) => [toolCallId, args])).toEqual([
        ['a', '{"x":1}'],
        ['b', '{"x":2}'],
        ['message:0:call-0/1', '{}'],
      ])
    })

    it('may repeat the id and the name with every piece', () => {
      const piece = (args: string) =>
        choice({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: args } }] })
      expect(partsOf(parsed(piece('{'), piece('}')), 'tool-call')).toMatchObject([
        { toolCallId: 'a', name: 'f', args: '{}' },
      ])
    })

    it('may think in lists', () => {
      const thinking = [{ type: 'text', text: 'Hm.' }]
      const { messages } = parsed(
        choice({ content: [{ type: 'thinking', thinking }] }),
        choice({ content: [{ type: 'text', text: 'Yes' }] }),
        choice({ content: '.' }),
      )
      expect(messages[0]?.parts).toMatchObject([
        { type: 'reasoning', text: 'Hm.', state: 'done' },
        { type: 'text', text: 'Yes.' },
      ])
    })

    it.each(['', 'null'])('may call it a finish reason that there is none: "%s"', (reason) => {
      const payload = choice({ content: 'a' }, { finish_reason: reason })
      expect(eventsOf(reading(openAi())(payload)).map(({ type }) => type)).toEqual([
        'RUN_STARTED',
        'TEXT_MESSAGE_CONTENT',
      ])
    })

    it('may call functions in the old way', () => {
      const piece = (function_call: object) => choice({ function_call })
      const chat = parsed(
        piece({ name: 'f', arguments: '{' }),
        piece({ arguments: '}' }),
        choice({}, { finish_reason: 'function_call' }),
      )
      expect(partsOf(chat, 'tool-call')).toMatchObject([{ name: 'f', args: '{}', state: 'done' }])
    })
  })
})

describe('Responses', () => {
  let sequence = 0
  const line = (type: string, event: Payload): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...event })}\n\n`
  const response = (more: Payload = {}): Payload => ({
    response: { id: 'resp_1', object: 'response', status: 'in_progress', output: [], ...more },
  })
  const created = line('response.created', response())
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 }

  const REASONING = {
    id: 'rs_1',
    type: 'reasoning',
    summary: [
      { type: 'summary_text', text: '**Plan** look' },
      { type: 'summary_text', text: '**Then** say' },
    ],
  }
  const CALL = {
    id: 'fc_1',
    type: 'function_call',
    call_id: 'call_1',
    name: 'weather',
    arguments: '{"city":"São Paulo"}',
    status: 'completed',
  }
  const SEARCH = { id: 'ws_1', type: 'web_search_call', status: 'completed', action: {} }
  const MCP = {
    id: 'mcp_1',
    type: 'mcp_call',
    name: 'roll',
    server_label: 'dice',
    arguments: '{"n":2}',
    output: '[1,6]',
    error: null,
  }
  const CUSTOM_CALL = {
    id: 'ct_1',
    type: 'custom_tool_call',
    call_id: 'call_2',
    name: 'sh',
    input: 'ls',
  }
  const citation = {
    type: 'url_citation',
    url: 'https://a.b',
    title: 'A',
    start_index: 0,
    end_index: 3,
  }
  const TEXT = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Chove 🌧️ hoje', annotations: [citation] }],
  }
  const OUTPUT = [REASONING, CALL, SEARCH, MCP, CUSTOM_CALL, TEXT]

  const at = (output_index: number, item_id: string) => ({ output_index, item_id })
  const added = (output_index: number, item: Payload) =>
    line('response.output_item.added', { output_index, item })
  const done = (output_index: number, item: Payload) =>
    line('response.output_item.done', { output_index, item })
  const summary = (summary_index: number, ...deltas: string[]): string => {
    const place = { ...at(0, 'rs_1'), summary_index }
    const text = deltas.join('')
    const part = { type: 'summary_text', text: '' }
    return [
      line('response.reasoning_summary_part.added', { ...place, part }),
      ...deltas.map((delta) => line('response.reasoning_summary_text.delta', { ...place, delta })),
      line('response.reasoning_summary_text.done', { ...place, text }),
      line('response.reasoning_summary_part.done', { ...place, part: { ...part, text } }),
    ].join('')
  }
  const input = (name: string, place: Payload, whole: string, ...deltas: string[]): string =>
    [
      ...deltas.map((delta) => line(`response.${name}.delta`, { ...place, delta })),
      line(`response.${name}.done`, { ...place, arguments: whole, input: whole }),
    ].join('')
  const written = (place: Payload, ...deltas: string[]): string => {
    const part = { type: 'output_text', text: '', annotations: [] }
    const text = deltas.join('')
    const where = { ...place, content_index: 0 }
    return [
      line('response.content_part.added', { ...where, part }),
      ...deltas.map((delta) =>
        line('response.output_text.delta', { ...where, delta, logprobs: [] }),
      ),
      line('response.output_text.annotation.added', {
        ...where,
        annotation_index: 0,
        annotation: citation,
      }),
      line('response.output_text.done', { ...where, text, logprobs: [] }),
      line('response.content_part.done', {
        ...where,
        part: { ...part, text, annotations: [citation] },
      }),
    ].join('')
  }
  const completed = line(
    'response.completed',
    response({ status: 'completed', output: OUTPUT, usage }),
  )

  const BODY = [
    created,
    line('response.in_progress', response()),
    added(0, { ...REASONING, summary: [] }),
    summary(0, '**Plan** ', 'look'),
    summary(1, '**Then** say'),
    done(0, REASONING),
    added(1, { ...CALL, arguments: '', status: 'in_progress' }),
    input('function_call_arguments', at(1, 'fc_1'), CALL.arguments, '{"city":', '"São Paulo"}'),
    done(1, CALL),
    added(2, { ...SEARCH, status: 'in_progress' }),
    line('response.web_search_call.searching', at(2, 'ws_1')),
    line('response.web_search_call.completed', at(2, 'ws_1')),
    done(2, SEARCH),
    added(3, { ...MCP, arguments: '', output: null }),
    input('mcp_call_arguments', at(3, 'mcp_1'), MCP.arguments, '{"n"', ':2}'),
    line('response.mcp_call.completed', at(3, 'mcp_1')),
    done(3, MCP),
    added(4, { ...CUSTOM_CALL, input: '' }),
    input('custom_tool_call_input', at(4, 'ct_1'), 'ls', 'l', 's'),
    done(4, CUSTOM_CALL),
    added(5, { ...TEXT, content: [], status: 'in_progress' }),
    written(at(5, 'msg_1'), 'Chove ', '🌧️', ' hoje'),
    done(5, TEXT),
    completed,
  ].join('')

  /** What a person reads and what tools are asked and answer. */
  const toldBy = (body: string) => {
    const chat = chatOf(eventsIn(body))
    return {
      messages: chat.messages.map(({ id, role, text }) => ({ id, role, text })),
      reasoning: partsOf(chat, 'reasoning').map(({ text }) => text),
      calls: partsOf(chat, 'tool-call').map(({ toolCallId, name, args }) => [
        toolCallId,
        name,
        args,
      ]),
      results: partsOf(chat, 'tool-result').map(({ toolCallId, content }) => [toolCallId, content]),
      data: partsOf(chat, 'data').map(({ name }) => name),
    }
  }

  it('read as by the own client', async () => {
    const own = await clientOf(BODY).responses.stream({ model: 'm', input: 'Hi' }).finalResponse()
    const told = toldBy(BODY)
    expect(told).toEqual({
      messages: [{ id: own.id, role: 'assistant', text: own.output_text }],
      reasoning: own.output.flatMap((item) =>
        item.type === 'reasoning' ? [item.summary.map(({ text }) => text).join('\n\n')] : [],
      ),
      calls: own.output.flatMap((item) => {
        if (item.type === 'function_call') return [[item.call_id, item.name, item.arguments]]
        if (item.type === 'custom_tool_call') return [[item.call_id, item.name, item.input]]
        return item.type === 'mcp_call' ? [[item.id, item.name, item.arguments]] : []
      }),
      results: [['mcp_1', '[1,6]']],
      data: ['web_search_call', 'annotation', 'usage'],
    })
    expect(told.messages[0]?.text).toBe('Chove 🌧️ hoje')
    expect(told.calls).toHaveLength(3)
    expect(endsIn(BODY)).toEqual([FINISHED])
  })

  it('give the same however their bytes are split', () => {
    isSameHoweverSplit(BODY)
  })

  it('give the same when only wholes are told, or only the last of them', () => {
    const deltas = /event: [^\n]*(\.delta|_part\.added)\n[^\n]*\n\n/g
    const texts = /event: [^\n]*(_text|arguments|input|_part)\.done\n[^\n]*\n\n/g
    const items = /event: response.output_item[^\n]*\n[^\n]*\n\n/g
    const known = { ...toldBy(BODY), data: [] }
    const wholes = BODY.replace(deltas, '')
    const itemsOnly = wholes.replace(texts, '')
    const lastOnly = itemsOnly.replace(items, '')
    expect(lastOnly.length).toBeLessThan(itemsOnly.length)
    for (const body of [wholes, itemsOnly, lastOnly]) {
      expect({ ...toldBy(body), data: [] }).toEqual(known)
    }
  })

  it('are told apart by place when the ids of items change on the way', () => {
    let number = 0
    const body = BODY.replaceAll(/"(item_id|id)":"(rs|fc|msg|ct)_1"/g, (_, name: string) => {
      return `"${name}":"changed-${number++}"`
    })
    expect({ ...toldBy(body), data: [] }).toEqual({ ...toldBy(BODY), data: [] })
  })

  it('create what is unknown when their beginning is missing', () => {
    const body = BODY.slice(BODY.indexOf('event: response.output_item.added', BODY.indexOf('ct_1')))
    const { messages } = chatOf(eventsIn(body.replace(completed, ''), 3))
    expect(messages).toMatchObject([{ id: 'message:3', role: 'assistant', text: 'Chove 🌧️ hoje' }])
  })

  it('say what is refused as text', async () => {
    const place = { ...at(0, 'msg_1'), content_index: 0 }
    const refusal = 'I can’t.'
    const item = { ...TEXT, content: [{ type: 'refusal', refusal }] }
    const body = [
      created,
      added(0, { ...TEXT, content: [] }),
      line('response.refusal.delta', { ...place, delta: 'I ' }),
      line('response.refusal.delta', { ...place, delta: 'can’t.' }),
      line('response.refusal.done', { ...place, refusal }),
      done(0, item),
      line('response.completed', response({ output: [item] })),
    ].join('')
    expect(toldBy(body).messages[0]?.text).toBe(refusal)
  })

  it('answer for outputs that the server gives', () => {
    const item = { id: 'o', type: 'function_call_output', call_id: 'call_1', output: '19' }
    expect(eventsIn(created + done(0, item)).at(-1)).toEqual({
      type: 'TOOL_CALL_RESULT',
      messageId: 'resp_1',
      toolCallId: 'call_1',
      content: '19',
    })
  })

  it.each<[string, Payload, object[]]>([
    [
      'response.failed',
      response({ error: { code: 'server_error', message: 'broke' } }),
      [{ type: 'RUN_ERROR', message: 'broke', code: 'server_error' }],
    ],
    [
      'response.failed',
      response({ error: null }),
      [{ type: 'RUN_ERROR', message: 'the response failed', code: undefined }],
    ],
    [
      'response.incomplete',
      response({ incomplete_details: { reason: 'max_output_tokens' } }),
      [
        { type: 'CUSTOM', name: 'incomplete_details', value: { reason: 'max_output_tokens' } },
        FINISHED,
      ],
    ],
    ['response.cancelled', response(), [{ type: 'RUN_FINISHED', reason: 'stopped' }]],
    [
      'error',
      { code: 'rate_limit', message: 'slow down', param: null },
      [{ type: 'RUN_ERROR', message: 'slow down', code: 'rate_limit' }],
    ],
  ])('end by %s', (type, event, expected) => {
    expect(eventsIn(line(type, event))).toEqual(expected)
    expect(endsIn(line(type, event) + DONE)).toHaveLength(1)
  })
})

describe('other payloads', () => {
  it.each([
    ['', /data to be JSON/],
    ['[]', /data to be an object/],
    [{ choices: 5 }, /an array, got 5/],
    [
      { type: 'response.output_text.delta', output_index: 0 },
      /delta of response.output_text.delta/,
    ],
    [{ type: 'response.output_item.done', output_index: 0 }, /type of the item/],
  ])('are malformed with a reason: %j', (payload, reason) => {
    expect(reading(openAi())(payload)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })

  it.each(['response.new_thing', 'text-delta', 'constructor'])(
    'of the unknown type "%s" are counted by it',
    (type) => {
      expect(reading(openAi())({ type })).toEqual({ kind: 'unknown', type })
    },
  )

  it('never make it throw', () => {
    const types = fc.constantFrom(
      'response.created',
      'response.output_item.added',
      'response.output_item.done',
      'response.output_text.delta',
      'response.function_call_arguments.done',
      'response.completed',
      'response.failed',
      'error',
    )
    const item = fc.record({
      type: fc.constantFrom('message', 'mcp_call', 'x'),
      id: fc.jsonValue(),
    })
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom('a', '__proto__'), item, fc.array(item))
    const names = fc.constantFrom('item', 'response', 'delta', 'output_index', 'item_id', 'text')
    const event = fc
      .tuple(types, fc.dictionary(names, values))
      .map(([type, rest]) => JSON.stringify({ ...rest, type }))
    const choice = fc.record({
      index: fc.jsonValue(),
      delta: fc.jsonValue(),
      finish_reason: values,
    })
    const chunk = fc
      .array(fc.oneof(choice, fc.jsonValue()))
      .map((choices) => JSON.stringify({ choices }))
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), event, chunk), { maxLength: 8 }), (payloads) => {
        const read = reading(openAi())
        for (const payload of payloads) {
          const result = read(payload)
          expect(['events', 'unknown', 'malformed']).toContain(result.kind)
          if (result.kind === 'events') chatOf(result.events)
        }
      }),
      { numRuns: 300 },
    )
  })
})
