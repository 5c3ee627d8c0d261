import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bodyFrames } from '../../src/observe/body-frames.ts'
import { textOf } from '../../src/observe/text-of.ts'

it.each([
  ['AG-UI', { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'four' }, 4],
  ['AI SDK', { type: 'text-delta', id: '0', delta: 'Hi' }, 2],
  ['OpenAI completions', { choices: [{ delta: { content: 'token' } }] }, 5],
  ['OpenAI responses', { type: 'response.output_text.delta', delta: 'abc' }, 3],
  ['Anthropic', { type: 'content_block_delta', delta: { type: 'text_delta', text: 'word' } }, 4],
  ['Ollama', { model: 'm', response: 'yes', done: false }, 3],
  ['a list of parts', { content: [{ text: 'one' }, { text: 'three' }] }, 5],
  ['what has no text', { type: 'ping', count: 3 }, null],
])('finds the text of %s', (_, payload, chars) => {
  expect(textOf(JSON.stringify(payload))).toBe(chars)
})

it.each([
  ['plain words', 11],
  ['[DONE]', null],
  ['', null],
  ['{"delta":', null],
  [`{"delta":"${'x'.repeat(20_000)}"}`, null],
  ['[]', null],
  ['null', 4],
])('takes %.20s for %s characters', (data, chars) => {
  expect(textOf(data)).toBe(chars)
})

it('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
      const chars = textOf(data)
      expect(chars === null || chars >= 0).toBe(true)
    }),
  )
})

it.each([
  ['text/event-stream; charset=utf-8', 'id: 1\ndata: a\n\ndata: b\n\ndata: c', ['a', 'b']],
  ['Application/x-ndjson', '{"a":1}\n\n{"b":2}\n{"c"', ['{"a":1}', '{"b":2}']],
  ['application/jsonl', 'x\n', ['x']],
])('takes %s apart, split anywhere', (type, text, expected) => {
  for (let at = 0; at <= text.length; at++) {
    const framesOf = bodyFrames(type)
    const frames = [text.slice(0, at), text.slice(at)].flatMap((one) => framesOf?.(one) ?? [])
    expect(frames.map(({ data }) => data)).toEqual(expected)
  }
})

it('takes each chunk of a plain text for an event, and leaves what is no stream', () => {
  const framesOf = bodyFrames('text/plain;charset=UTF-8')
  expect(framesOf?.('some')).toEqual([{ event: 'message', id: undefined, data: 'some' }])
  expect(framesOf?.('')).toEqual([])
  for (const type of ['application/json', 'text/html', 'image/png', '', 'text/plainer']) {
    expect(bodyFrames(type)).toBeNull()
  }
})
