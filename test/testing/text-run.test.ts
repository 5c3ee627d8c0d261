import fc from 'fast-check'
import { expect, it } from 'vitest'
import { textOf, textRun } from '../../src/testing/index.ts'

it('says the whole text, in pieces of so many characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (text, chunk) => {
      const run = textRun(text, { chunk })
      expect(textOf(run)).toBe(text)
      expect(run).toHaveLength(4 + Math.ceil(Array.from(text).length / chunk))
    }),
  )
})

it('is a whole run of one message, under the names that were asked for', () => {
  expect(textRun('Hello', { runId: 'r', messageId: 'm' })).toEqual([
    { type: 'RUN_STARTED', runId: 'r' },
    { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Hell' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'o' },
    { type: 'TEXT_MESSAGE_END', messageId: 'm' },
    { type: 'RUN_FINISHED', runId: 'r' },
  ])
})

it('refuses chunks that would never end', () => {
  expect(() => textRun('x', { chunk: 0 })).toThrow('expected `chunk` of 1 or more')
})
