// AI SDK's own producers of three versions, against what their own readers make of the same bytes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatState } from '../../src/core/chat-message.ts'
import { aiSdk } from '../../src/protocols/ai-sdk.ts'
import { type Part, type ReadMessage, VERSIONS } from './ai-sdk-versions.ts'
import {
  bytesOf,
  chatOf,
  cutAt,
  decodeFrames,
  eventsOf,
  partsOf,
  reading,
  sseFrames,
  utf8,
} from './streams.ts'

const text = (id: string, ...deltas: string[]): Part[] => [
  { type: 'text-start', id },
  ...deltas.map((delta) => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
]
const reasoning = (id: string, ...deltas: string[]): Part[] => [
  { type: 'reasoning-start', id },
  ...deltas.map((delta) => ({ type: 'reasoning-delta', id, delta })),
  { type: 'reasoning-end', id },
]
const call = (id: string, input: string, ...deltas: string[]): Part[] => [
  ...(deltas.length === 0
    ? []
    : [
        { type: 'tool-input-start', id, toolName: 'weather' },
        ...deltas.map((delta) => ({ type: 'tool-input-delta', id, delta })),
        { type: 'tool-input-end', id },
      ]),
  { type: 'tool-call', toolCallId: id, toolName: 'weather', input },
]

/** What a person and a tool read, without the ids and shapes that differ. */
function toldBy(chat: ChatState) {
  const results = partsOf(chat, 'tool-result')
  return {
    text: chat.messages.map((message) => message.text).join(''),
    reasoning: partsOf(chat, 'reasoning')
      .map((part) => part.text)
      .join(''),
    tools: partsOf(chat, 'tool-call').map(({ toolCallId, name, args }) => ({
      toolCallId,
      name,
      input: JSON.parse(args) as unknown,
      output: results.find((result) => result.toolCallId === toolCallId)?.content,
    })),
  }
}

function readBy(message: ReadMessage | undefined): ReturnType<typeof toldBy> {
  const parts = message?.parts ?? []
  const textsOf = (type: string) =>
    parts.flatMap((part) => (part.type === type ? [part['text']] : [])).join('')
  return {
    text: textsOf('text'),
    reasoning: textsOf('reasoning'),
    tools: parts
      .filter((part) => part['toolCallId'] !== undefined)
      .map((part) => ({
        toolCallId: String(part['toolCallId']),
        name: part.type.slice('tool-'.length),
        input: part['input'],
        output: asContent(part['output'] ?? part['errorText']),
      })),
  }
}

const asContent = (output: unknown): string | undefined =>
  typeof output === 'string' ? output : JSON.stringify(output)

const eventsIn = (bytes: Uint8Array, run = 0) => decodeFrames(aiSdk(), sseFrames(bytes), run)

const endsIn = (bytes: Uint8Array) =>
  eventsIn(bytes).filter(({ type }) => type === 'RUN_FINISHED' || type === 'RUN_ERROR')

describe.each(VERSIONS)('$name', (version) => {
  const conversation = (id = 'm1') =>
    version
      .stream(
        [
          [
            ...reasoning('r0', 'Hmm, ', 'tempo? 🤔'),
            ...text('t0', 'Vou ver ', 'o clima em São Paulo… 🌧', '️'),
            ...call('c1', '{"city":"São Paulo"}', '{"ci', 'ty":"São', ' Paulo"}'),
            ...call('c2', '{"city":"東京"}'),
            { type: 'source', sourceType: 'url', id: 's1', url: 'https://a.b/c', title: 'A' },
            {
              type: 'source',
              sourceType: 'document',
              id: 's2',
              mediaType: 'application/pdf',
              title: 'Doc',
            },
            version.file('image/png', 'iVBORw0='),
          ],
          [...reasoning('r1', 'So.'), ...text('t0', '東京は', '雨です ☔'), ...text('t1', ' Fim.')],
        ],
        { weather: () => ({ degrees: 19, sky: '☔' }) },
      )
      .toUIMessageStreamResponse({ sendSources: true, generateMessageId: () => id })

  it('reads as by its own reader: text, reasoning, tools and their answers', async () => {
    const bytes = await bytesOf(conversation())
    const chat = chatOf(eventsIn(bytes))
    const told = toldBy(chat)
    expect(told.text).toBe('Vou ver o clima em São Paulo… 🌧️東京は雨です ☔ Fim.')
    expect(told.tools.map(({ output }) => output)).toEqual([
      '{"degrees":19,"sky":"☔"}',
      '{"degrees":19,"sky":"☔"}',
    ])
    expect(told).toEqual(readBy(await version.read(bytes)))
    expect(chat.messages.map(({ id, role }) => [id, role])).toEqual([['m1', 'assistant']])
    expect(partsOf(chat, 'text').every(({ state }) => state === 'done')).toBe(true)
  })

  it('keeps sources and files as data', async () => {
    const chat = chatOf(eventsIn(await bytesOf(conversation())))
    expect(partsOf(chat, 'data').map(({ name, value }) => [name, value])).toMatchObject([
      ['source-url', { url: 'https://a.b/c' }],
      ['source-document', { title: 'Doc' }],
      ['file', { url: 'data:image/png;base64,iVBORw0=' }],
    ])
  })

  it('gives the same however its bytes are split', async () => {
    const bytes = await bytesOf(conversation())
    const whole = eventsIn(bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
        expect(decodeFrames(aiSdk(), sseFrames(...cutAt(bytes, places)))).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  it('names the same when it is read again from its start, and otherwise in another run', async () => {
    const response = version.stream([text('t0', 'Hi')]).toUIMessageStreamResponse()
    const bytes = await bytesOf(response)
    expect(eventsIn(bytes)).toEqual(eventsIn(bytes))
    const idsIn = (run: number) => chatOf(eventsIn(bytes, run)).messages.map(({ id }) => id)
    expect(idsIn(0)).toEqual(['message:0'])
    expect(idsIn(1)).toEqual(['message:1'])
  })

  it('shows what is known at every cut, and never more than the whole', async () => {
    const frames = sseFrames(await bytesOf(conversation()))
    const texts = frames.map((_, at) =>
      chatOf(decodeFrames(aiSdk(), frames.slice(0, at + 1)))
        .messages.map((message) => message.text)
        .join(''),
    )
    texts.forEach((known, at) => expect(known.startsWith(texts[at - 1] ?? '')).toBe(true))
  })

  it('creates what is unknown when its beginning is missing', async () => {
    const frames = sseFrames(await bytesOf(conversation()))
    const first = frames.findIndex(({ data }) => data.includes('o clima'))
    const chat = chatOf(decodeFrames(aiSdk(), frames.slice(first)))
    expect(toldBy(chat).text).toBe('o clima em São Paulo… 🌧️東京は雨です ☔ Fim.')
    expect(toldBy(chat).tools).toHaveLength(2)
  })

  it('finishes once', async () => {
    expect(endsIn(await bytesOf(conversation()))).toEqual([
      { type: 'RUN_FINISHED', reason: 'completed' },
    ])
  })

  it('fails when the model does', async () => {
    const error = { type: 'error', error: new Error('broke') }
    const response = version
      .stream([[...text('t0', 'Half'), error]])
      .toUIMessageStreamResponse({ onError: () => 'The model broke' })
    const bytes = await bytesOf(response)
    expect(endsIn(bytes)).toEqual([{ type: 'RUN_ERROR', message: 'The model broke' }])
    expect(toldBy(chatOf(eventsIn(bytes))).text).toBe('Half')
  })

  it('is stopped when it is aborted', async () => {
    const controller = new AbortController()
    const weather = () => controller.abort()
    const steps = [[...text('t0', 'Wait'), ...call('c1', '{"city":"x"}')], text('t1', 'Never')]
    const response = version
      .stream(steps, { weather, abortSignal: controller.signal })
      .toUIMessageStreamResponse()
    expect(endsIn(await bytesOf(response))).toEqual([{ type: 'RUN_FINISHED', reason: 'stopped' }])
  })

  it('tells how a tool failed, and calls that make no sense', async () => {
    const weather = () => Promise.reject(new Error('no station'))
    const steps = [
      [...call('c1', '{"city":"x"}', '{"city":"x"}'), ...call('c2', '{"town":1}')],
      text('t0', 'Sorry.'),
    ]
    const response = version
      .stream(steps, { weather })
      .toUIMessageStreamResponse({ onError: () => 'It failed' })
    const bytes = await bytesOf(response)
    const chat = chatOf(eventsIn(bytes))
    expect(partsOf(chat, 'tool-result').map(({ content }) => content)).toEqual([
      'It failed',
      'It failed',
    ])
    expect(partsOf(chat, 'data').map(({ name }) => name)).toContain('tool-output-error')
    expect(toldBy(chat)).toMatchObject({
      text: 'Sorry.',
      tools: [{ input: { city: 'x' } }, { input: { town: 1 } }],
    })
  })

  it('passes data through by its name', async () => {
    const response = version.written((writer) => {
      writer.write({ type: 'start', messageId: 'm1', messageMetadata: { model: 'x' } })
      writer.write({ type: 'data-weather', id: 'w', data: { degrees: null } })
      for (const part of text('t0', 'Done.')) writer.write(part)
      writer.write({ type: 'data-note', data: 'n', transient: true })
      writer.write({ type: 'finish' })
    })
    const { messages } = chatOf(eventsIn(await bytesOf(response)))
    expect(messages).toMatchObject([
      {
        id: 'm1',
        text: 'Done.',
        parts: [
          { name: 'message-metadata', value: { messageMetadata: { model: 'x' } } },
          { name: 'data-weather', value: { id: 'w', data: { degrees: null } } },
          { type: 'text' },
          { name: 'data-note', value: { data: 'n', transient: true } },
        ],
      },
    ])
  })

  it('ends with the stream when no finish is sent', async () => {
    const response = version.written((writer) => text('t0', 'Hi').forEach(writer.write))
    expect(endsIn(await bytesOf(response))).toHaveLength(1)
  })

  it('does not mix the words of streams that are merged, and ends with the last of them', async () => {
    const says = (id: string, words: readonly string[]) =>
      version
        .stream([text(id, ...words)])
        .toUIMessageStream({ generateMessageId: () => 'm1' }) as ReadableStream
    const many = Array.from({ length: 20 }, (_, at) => `${at} `)
    const few = ['a ', 'b ', 'c ']
    const response = version.written((writer) => {
      writer.merge(says('few', few))
      writer.merge(says('many', many))
    })
    const bytes = await bytesOf(response)
    const { messages } = chatOf(eventsIn(bytes))
    const own = (await version.read(bytes))?.parts.filter(({ type }) => type === 'text')
    // Up to version 6 their reader closes every text with the first step that finishes.
    if (version === VERSIONS.at(-1)) {
      expect(own?.map((part) => part['text'])).toEqual([few.join(''), many.join('')])
    }
    expect(messages.map((message) => message.text)).toEqual([few.join(''), many.join('')])
    expect(eventsIn(bytes).at(-1)?.type).toBe('RUN_FINISHED')
    expect(endsIn(bytes)).toHaveLength(1)
  })
})

describe.each(VERSIONS.slice(1))('$name', (version) => {
  it('passes on that a tool asks before it runs', async () => {
    const steps = [call('c1', '{"city":"x"}')]
    const response = version.stream(steps, { asks: true }).toUIMessageStreamResponse()
    const chat = chatOf(eventsIn(await bytesOf(response)))
    expect(partsOf(chat, 'tool-call')).toMatchObject([{ args: '{"city":"x"}', state: 'done' }])
    expect(partsOf(chat, 'data')).toMatchObject([
      { name: 'tool-approval-request', value: { toolCallId: 'c1' } },
    ])
  })
})

describe('chunks that a model does not make', () => {
  const [, , latest] = VERSIONS
  const read = () => reading(aiSdk())

  it('take a step back: its text and its calls go, what was before it stays', async () => {
    const bytes = utf8(
      [
        { type: 'start', messageId: 'm1' },
        { type: 'start-step' },
        ...text('t0', 'Kept. '),
        { type: 'start-step' },
        ...text('t1', 'Dropped'),
        { type: 'tool-input-start', toolCallId: 'c1', toolName: 'weather' },
        { type: 'tool-input-delta', toolCallId: 'c1', inputTextDelta: '{' },
        { type: 'reset-step' },
        ...text('t1', 'Said again.'),
        { type: 'tool-input-start', toolCallId: 'c1', toolName: 'weather' },
        { type: 'tool-input-delta', toolCallId: 'c1', inputTextDelta: '{"a":1}' },
        { type: 'tool-input-available', toolCallId: 'c1', toolName: 'weather', input: { a: 1 } },
        { type: 'finish' },
      ]
        .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
        .join(''),
    )
    const told = toldBy(chatOf(eventsIn(bytes)))
    expect(told.text).toBe('Kept. Said again.')
    expect(told).toEqual(readBy(await latest?.read(bytes)))
  })

  it('take back a first step as well', () => {
    const payloads = [
      { type: 'start', messageId: 'm1' },
      { type: 'start-step' },
      ...text('t0', 'Dro', 'pped'),
      { type: 'reset-step' },
      ...text('t0', 'Kept'),
    ]
    const tell = read()
    const { messages } = chatOf(payloads.flatMap((payload) => eventsOf(tell(payload))))
    expect(messages).toMatchObject([{ id: 'm1', role: 'assistant', text: 'Kept' }])
  })

  it.each([
    'tool-approval-request',
    'tool-approval-response',
    'tool-output-denied',
    'custom',
    'reasoning-file',
    'steering-message',
    'message-metadata',
    'data-x',
  ])('of the type %s pass through', (type) => {
    const chunk = { type, any: 'thing' }
    expect(eventsOf(read()(chunk))).toEqual([{ type: 'CUSTOM', name: type, value: chunk }])
  })

  it.each(['text', 'tool-', 'datax', 'constructor', '__proto__', ''])(
    'of the unknown type "%s" are counted by it',
    (type) => {
      expect(read()({ type })).toEqual({ kind: 'unknown', type })
    },
  )

  it.each([
    ['', /data to be JSON/],
    ['[]', /data to be an object/],
    [{}, /type of the chunk/],
    [{ type: 'text-delta', id: 't' }, /delta of text-delta/],
    [{ type: 'text-start' }, /id of text-start/],
    [{ type: 'tool-input-available', toolCallId: 'c' }, /toolName of tool-input-available/],
    [{ type: 'tool-output-available', output: 1 }, /toolCallId of tool-output-available/],
    [{ type: 'error' }, /errorText of error/],
  ])('are malformed with a reason: %j', (payload, reason) => {
    expect(read()(payload)).toEqual({
      kind: 'malformed',
      reason: expect.stringMatching(reason) as string,
    })
  })

  it('never make it throw', () => {
    const types = fc.constantFrom(
      'start',
      'finish',
      'start-step',
      'reset-step',
      'text-start',
      'text-delta',
      'text-end',
      'reasoning-delta',
      'tool-input-start',
      'tool-input-delta',
      'tool-input-available',
      'tool-output-available',
      'data-x',
    )
    const fields = fc.constantFrom('id', 'delta', 'toolCallId', 'toolName', 'inputTextDelta')
    const values = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'toString'), fc.jsonValue())
    const chunk = fc
      .tuple(types, fc.dictionary(fields, values))
      .map(([type, rest]) => JSON.stringify({ ...rest, type }))
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), chunk), { maxLength: 8 }), (payloads) => {
        const tell = read()
        for (const payload of payloads) {
          const result = tell(payload)
          expect(['events', 'unknown', 'malformed']).toContain(result.kind)
          if (result.kind === 'events') chatOf(result.events)
        }
      }),
      { numRuns: 300 },
    )
  })
})
