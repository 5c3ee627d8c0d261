import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/protocol.ts'
import { text } from '../../src/protocols/text.ts'
import { VERSIONS } from './ai-sdk-versions.ts'
import {
  bodyFrames,
  bytesOf,
  chatOf,
  cutAt,
  decodeFrames,
  readingFrames,
  sseFrames,
  utf8,
} from './streams.ts'

const FINISHED = { type: 'RUN_FINISHED', reason: 'completed' }
const PLAIN = 'text/plain; charset=utf-8'

/** The text of the one message, and whether the run ended. */
function toldBy(frames: readonly Frame[]) {
  const events = decodeFrames(text(), frames)
  const { messages } = chatOf(events)
  expect(messages.length).toBeLessThanOrEqual(1)
  return { text: messages[0]?.text ?? '', ended: events.at(-1)?.type === 'RUN_FINISHED' }
}

describe('a body of plain text', () => {
  it.each(VERSIONS)('of $name is one message', async (version) => {
    const deltas = ['Olá, ', 'mundo 🌍', '\n\n', '世界']
    const response = version
      .stream([
        [
          { type: 'text-start', id: 't' },
          ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta })),
          { type: 'text-end', id: 't' },
        ],
      ])
      .toTextStreamResponse()
    const type = response.headers.get('content-type') ?? ''
    const frames = bodyFrames(text(), type, [await bytesOf(response)])
    expect(toldBy(frames)).toEqual({ text: deltas.join(''), ended: true })
  })

  it('is the same however its bytes are split', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (said, places) => {
          const frames = bodyFrames(text(), PLAIN, cutAt(utf8(said), places))
          expect(toldBy(frames)).toEqual({ text: said.replace(/^\uFEFF/, ''), ended: true })
        },
      ),
      { numRuns: 200 },
    )
  })

  it('may begin with a byte order mark that is split', () => {
    const pieces = cutAt(utf8('\uFEFFHi'), [1, 2])
    expect(toldBy(bodyFrames(text(), PLAIN, pieces)).text).toBe('Hi')
  })

  it('has text that only looks like an end', () => {
    const pieces = ['[DONE]', ' is not ', '[DONE]'].map(utf8)
    expect(toldBy(bodyFrames(text(), PLAIN, pieces)).text).toBe('[DONE] is not [DONE]')
    expect(toldBy(bodyFrames(text(), PLAIN, pieces, { cut: true })).ended).toBe(false)
  })

  it('is not over when it is cut, and shows half a character when it ends with one', () => {
    const pieces = [utf8('Hi 🌍').subarray(0, 5)]
    expect(toldBy(bodyFrames(text(), PLAIN, pieces, { cut: true }))).toEqual({
      text: 'Hi ',
      ended: false,
    })
    expect(toldBy(bodyFrames(text(), PLAIN, pieces)).text).toBe('Hi \uFFFD')
  })

  it('may be empty', () => {
    expect(bodyFrames(text(), PLAIN, []).flatMap((frame) => readingFrames(text())(frame))).toEqual([
      { kind: 'events', events: [FINISHED] },
    ])
  })

  it.each([
    ['text/plain', true],
    ['Text/Plain;Charset="UTF-8"', true],
    ['text/plain; charset=us-ascii', true],
    ['text/plain; format=flowed', true],
    ['text/plain; charset=iso-8859-1', false],
    ['text/html', false],
    ['application/json', false],
    ['', false],
  ])('of the content type "%s" is read: %s', (type, isRead) => {
    expect(text().body?.(type) !== null).toBe(isRead)
  })
})

describe('server-sent text', () => {
  it('is joined as it came, until [DONE]', () => {
    const body = 'data: Hello\n\ndata:  world\ndata: line 2\n\ndata: 42\n\ndata: [DONE]\n\n'
    expect(toldBy(sseFrames(utf8(body)))).toEqual({ text: 'Hello world\nline 242', ended: true })
  })

  it('is not over without it', () => {
    expect(toldBy(sseFrames(utf8('data: Hello\n\n'))).ended).toBe(false)
  })

  it('fails by an event of that name', () => {
    expect(decodeFrames(text(), sseFrames(utf8('event: error\ndata: too long\n\n')))).toEqual([
      { type: 'RUN_ERROR', message: 'too long' },
    ])
  })

  it('makes a message of its own in every run', () => {
    const idsIn = (run: number) =>
      chatOf(decodeFrames(text(), sseFrames(utf8('data: a\n\n')), run)).messages.map(({ id }) => id)
    expect([idsIn(0), idsIn(1)]).toEqual([['message:0'], ['message:1']])
  })
})
