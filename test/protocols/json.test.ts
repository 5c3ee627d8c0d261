import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAgentStreamError } from '../../src/core/errors.ts'
import { linesBody } from '../../src/protocols/body-lines.ts'
import { json } from '../../src/protocols/json.ts'
import { bodyFrames, cutAt, decodeFrames, readingFrames, sseFrames, utf8 } from './streams.ts'

const FINISHED = { type: 'RUN_FINISHED', reason: 'completed' }
const NDJSON = 'application/x-ndjson'
const custom = (name: string, value: unknown) => ({ type: 'CUSTOM', name, value })

describe('server-sent JSON', () => {
  it('passes through by its type, or by the name of its event', () => {
    const body = [
      'data: {"type":"price","value":3}',
      'event: tick\ndata: {"at":1}',
      'event: tick\ndata: {"type":7}',
      'data: [1,2]',
      'data: "x"',
      'data: null',
    ].join('\n\n')
    expect(decodeFrames(json(), sseFrames(utf8(`${body}\n\n`)))).toEqual([
      custom('price', { type: 'price', value: 3 }),
      custom('tick', { at: 1 }),
      custom('tick', { type: 7 }),
      custom('message', [1, 2]),
      custom('message', 'x'),
      custom('message', null),
    ])
  })

  it('is malformed when it is none', () => {
    const [frame] = sseFrames(utf8('data: {"a":\n\n'))
    expect(frame && readingFrames(json())(frame)).toEqual({
      kind: 'malformed',
      reason: 'expected data to be JSON, got "{\\"a\\":"',
    })
  })

  it('ends a run at an event of a name, where the application says so', () => {
    const protocol = json({ terminal: (_value, name) => name === 'done' })
    const decode = (event: string) =>
      protocol.decode({ event, id: undefined, data: '1' }, undefined)
    expect(decode('message')).toMatchObject({ events: [{ type: 'CUSTOM' }] })
    expect(decode('done')).toMatchObject({ events: [{ type: 'CUSTOM' }, { type: 'RUN_FINISHED' }] })
  })

  it('ends with [DONE], or with what the application says', () => {
    expect(decodeFrames(json(), sseFrames(utf8('data: [DONE]\n\n')))).toEqual([FINISHED])
    const protocol = json({ terminal: (value) => value === 'over' })
    expect(decodeFrames(protocol, sseFrames(utf8('data: 1\n\ndata: "over"\n\n')))).toEqual([
      custom('message', 1),
      custom('message', 'over'),
      FINISHED,
    ])
  })

  it('resumes by cursor unless it is told otherwise', () => {
    expect(json().resume).toBe('cursor')
    expect(json({ resume: 'none' }).resume).toBe('none')
  })
})

describe('a body of lines', () => {
  it('is the same however its bytes are split', () => {
    const values = fc.array(fc.jsonValue({ noUnicodeString: false }), { maxLength: 8 })
    const ends = fc.constantFrom('\n', '\r\n', '\n\n', ' \n')
    fc.assert(
      fc.property(values, ends, fc.array(fc.nat(), { maxLength: 12 }), (sent, end, places) => {
        const body = utf8(sent.map((value) => JSON.stringify(value)).join(end))
        const events = decodeFrames(json(), bodyFrames(json(), NDJSON, cutAt(body, places)))
        expect(events).toEqual([
          ...sent.map((value) => {
            const kept = JSON.parse(JSON.stringify(value)) as unknown
            return custom(nameOf(kept), kept)
          }),
          FINISHED,
        ])
      }),
      { numRuns: 200 },
    )
  })

  it('is over only when it was read to its end', () => {
    const pieces = [utf8('{"a":1}\n{"b"')]
    expect(decodeFrames(json(), bodyFrames(json(), NDJSON, pieces, { cut: true }))).toEqual([
      custom('message', { a: 1 }),
    ])
  })

  it('is cut when it ends before what the application calls the end', () => {
    const protocol = json({ terminal: (value) => value === 'over' })
    const endsOf = (body: string) =>
      decodeFrames(protocol, bodyFrames(protocol, NDJSON, [utf8(body)])).at(-1)
    expect(endsOf('1\n')).toEqual(custom('message', 1))
    expect(endsOf('1\n"over"\n')).toEqual(FINISHED)
  })

  it.each([
    ['application/x-ndjson', true],
    ['application/ndjson; charset=utf-8', true],
    ['application/jsonl', true],
    ['Application/JSON-lines', true],
    ['application/json', false],
    ['application/x-ndjson; charset=utf-16', false],
    ['text/plain', false],
  ])('of the content type "%s" is read: %s', (type, isRead) => {
    expect(json().body?.(type) !== null).toBe(isRead)
  })
})

describe('a line that grows too long', () => {
  const codeOf = (run: () => unknown): string => {
    try {
      run()
    } catch (cause) {
      return isAgentStreamError(cause) ? cause.code : String(cause)
    }
    return 'none'
  }

  it('gives up the body after what was complete before it', () => {
    const body = linesBody(8)
    expect(body.parse(utf8('1\n2\n"345')).map(({ data }) => data)).toEqual(['1', '2'])
    expect(body.parse(utf8('67890')).map(({ data }) => data)).toEqual([])
    expect(codeOf(() => body.parse(utf8('"\n')))).toBe('oversize')
  })

  it('gives up at the end as well', () => {
    const body = linesBody(8)
    body.parse(utf8('123456789'))
    expect(codeOf(() => body.end())).toBe('oversize')
  })

  it('may be as long as the limit, in however many pieces', () => {
    const body = linesBody(8)
    const lines = [...'12345678\n1234\n'].flatMap((char) => body.parse(utf8(char)))
    expect(lines.map(({ data }) => data)).toEqual(['12345678', '1234'])
  })
})

function nameOf(value: unknown): string {
  const type =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  return typeof type === 'string' ? type : 'message'
}
