import fc from 'fast-check'
import { expect, it } from 'vitest'
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
