import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/wire/redact.ts'
import { agUi, suna } from '../../src/protocols/index.ts'
import type { Protocol } from '../../src/protocols/index.ts'
import { scenario } from '../../src/testing/scenario.ts'

const redact = (data: string): string => createRedactor().payload(data)
const sizes = (text: string): readonly number[] => [
  text.length,
  [...text].length,
  Buffer.byteLength(text),
]

// Keys and types, and how long each text is, also of JSON within strings.
function outline(value: unknown): unknown {
  if (typeof value === 'string') {
    try {
      const inner: unknown = JSON.parse(value)
      if (typeof inner === 'object' && inner !== null) return ['json', outline(inner)]
    } catch {
      // no JSON
    }
    return ['text', ...sizes(value)]
  }
  if (Array.isArray(value)) return value.map(outline)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([key, one]) => [key, outline(one)])
}

// As Python writes it: everything beyond ASCII escaped.
const ascii = (json: string): string =>
  json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const texts = fc.string({ unit: 'grapheme', maxLength: 12 })
const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(texts, fc.constantFrom('type', 'id', 'messageId', 'role')),
      tie('tree'),
      {
        maxKeys: 4,
      },
    ),
    fc.dictionary(texts, tie('leaf'), { maxKeys: 3 }).map((inner) => JSON.stringify(inner)),
  ),
  leaf: fc.oneof(texts, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)),
}))
const payloads = fc
  .tuple(tree, fc.boolean())
  .map(([value, escaped]) => (escaped ? ascii(JSON.stringify(value)) : JSON.stringify(value)))

describe('createRedactor', () => {
  it('keeps JSON valid, with its keys, types and lengths, in characters and in bytes', () =>
    fc.assert(
      fc.property(payloads, (data) => {
        const redacted = redact(data)
        expect(sizes(redacted)).toEqual(sizes(data))
        const [before, after] = [JSON.parse(data), JSON.parse(redacted)] as unknown[]
        if (typeof before === 'number') expect(typeof after).toBe('number')
        else expect(outline(after)).toEqual(outline(before))
      }),
      { numRuns: 1000 },
    ))

  it('leaves no letter of a text, however it is written', () =>
    fc.assert(
      fc.property(texts, fc.boolean(), (text, escaped) => {
        const event = JSON.stringify({ delta: text, content: JSON.stringify({ content: text }) })
        const data = redact(escaped ? ascii(event) : event)
        const { delta, content } = JSON.parse(data) as { delta: string; content: string }
        for (const shown of [delta, (JSON.parse(content) as { content: string }).content]) {
          expect(shown.replace(/[xX1é字😀\p{P}\p{Z}\p{C}$+<=>^`|~]/gu, '')).toBe('')
        }
      }),
      { numRuns: 500 },
    ))

  it('redacts text that is no JSON, and numbers that may be text', () => {
    expect(redact('Olá, João! Run 42')).toBe('Xxé, Xxéx! Xxx 11')
    expect(redact('4207')).toBe('1101')
    expect(redact('{"broken": "João')).toBe('{"xxxxxx": "Xxéx')
  })

  it('keeps the words of a protocol where they are words, and nowhere else', () => {
    const event = { type: 'TEXT_MESSAGE_CONTENT', delta: 'RUN_STARTED', role: 'assistant' }
    expect(JSON.parse(redact(JSON.stringify(event)))).toEqual({ ...event, delta: 'XXX_XXXXXXX' })
    expect(redact('{"type":"SECRET_PLAN"}')).toBe('{"type":"XXXXXX_XXXX"}')
  })

  it('keeps which ids are the same, and their shape', () => {
    const redactor = createRedactor()
    const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'abXY01-_éü東京😀🎉') }))
    fc.assert(
      fc.property(ids, (all) => {
        const out = all.map((id) => redactor.payload(JSON.stringify({ messageId: id })))
        const again = all.map((id) => redactor.payload(JSON.stringify({ parent_id: id })))
        const valueOf = (json: string): unknown => Object.values(JSON.parse(json) as object)[0]
        expect(new Set(out).size).toBe(all.length)
        expect(again.map(valueOf)).toEqual(out.map(valueOf))
      }),
    )
    expect(createRedactor().payload('{"id":"msg-7F"}')).toBe('{"id":"aaa-0A"}')
  })

  it('leaves nothing of ids and cursors of any script, and keeps them apart', () => {
    const { cursor, payload } = createRedactor()
    const ids = ['Müller-東京', 'Möller-東京', 'Müller-大阪', 'Müller-🎉🎉']
    const shown = ids.map(cursor)
    expect(new Set(shown).size).toBe(ids.length)
    for (const one of shown) expect(one).not.toMatch(/[Müöler東京大阪🎉]/u)
    expect(shown.map(sizes)).toEqual(ids.map(sizes))
    expect(payload(JSON.stringify({ id: ids[0] }))).toBe(JSON.stringify({ id: shown[0] }))
  })

  it.each([
    ['x', 10_000_000],
    ['\\u00e9', 2_000_000],
  ])('takes an event of any size, of %s over and over', (unit, times) => {
    const [head, tail] = ['{"type":"TEXT_MESSAGE_CONTENT","delta":"', '","index":1}']
    const redacted = redact(head + unit.repeat(times) + tail)
    expect(redacted.startsWith(head + unit) && redacted.endsWith(unit + tail)).toBe(true)
    expect(redacted.length).toBe(head.length + unit.length * times + tail.length)
  })

  it('takes time of day and content out of cursors', () => {
    const { cursor } = createRedactor()
    expect(cursor('S-1700000000123-4')).toBe('S-0-4')
    expect(cursor('S-1700000000223-0')).toBe('S-100-0')
    expect(cursor('L-0a1b2c3d-17-ffeeddcc')).toBe('L-00000000-17-00000000')
  })

  it.each([
    ['AG-UI', scenario({ events: 300 }).map((event) => JSON.stringify(event)), () => agUi],
    ['Suna’s list', lines('suna-list-events.jsonl'), suna],
    ['Suna’s stream', lines('suna-stream-events.jsonl'), suna],
  ] as const)('lets %s be decoded into the same events', (_, data, protocolOf) => {
    const { payload } = createRedactor()
    expect(kinds(protocolOf(), data.map(payload))).toEqual(kinds(protocolOf(), data))
  })
})

function lines(name: string): string[] {
  return readFileSync(`test/fixtures/${name}`, 'utf8').split('\n').filter(Boolean)
}

function kinds(protocol: Protocol, payloads: readonly string[]): unknown[] {
  const memory = protocol.start?.(0)
  return payloads.map((data) => {
    const decoded = protocol.decode({ data, event: 'message', id: undefined }, memory)
    if (decoded.kind !== 'events') return decoded.kind
    return decoded.events.map((event) => [event.type, 'delta' in event && sizeOf(event.delta)])
  })
}

const sizeOf = (delta: unknown): number => (typeof delta === 'string' ? delta.length : 0)
