import { createParser } from 'eventsource-parser'
import type { EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endReasonOfBytes } from '../../../src/relay/end-reason.ts'
import { encodeEntry, encodePage } from '../../../src/relay/hub/frame.ts'
import type { Page } from '../../../src/relay/index.ts'

const MAX = 1000
const READ = { startMs: 1000.25, endMs: 1002.5 }

function parse(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => void events.push(event) })
  parser.feed(text)
  return events
}

describe('encodeEntry', () => {
  it('is read back by an independent parser, line breaks as LF', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', ' ', ':', '\u{1f600}') })
    fc.assert(
      fc.property(fc.array(text), (payloads) => {
        const entries = payloads.map((text, n) => ({ cursor: `S-1-${n}`, data: Buffer.from(text) }))
        const events = parse(entries.map((entry) => encodeEntry(entry, MAX)).join(''))
        expect(events.map(({ id, data }) => ({ id, data }))).toEqual(
          payloads.map((text, n) => ({ id: `S-1-${n}`, data: text.replaceAll(/\r\n?/g, '\n') })),
        )
      }),
    )
  })
})

describe('encodePage', () => {
  const page: Page = { exists: true, gap: null, entries: [], more: false, next: null, at: null }
  const entry = (n: number, text: string) => ({ cursor: `S-1-${n}`, data: Buffer.from(text) })

  it('puts the gap and the first event after it into one item', () => {
    const entries = [entry(1, 'a'), entry(2, 'b')]
    const { items, lossy } = encodePage(
      { ...page, gap: 'trimmed', entries, next: 'S-1-2' },
      'S-1-0',
      MAX,
      READ,
    )
    expect(items.map(({ position }) => position)).toEqual(['S-1-1', 'S-1-2'])
    expect(items[0]?.bytes.toString()).toBe(
      'event: relay.gap\ndata: {"reason":"trimmed","from":"S-1-0","to":"S-1-1"}\n\n' +
        'id: S-1-1\ndata: a\n\n',
    )
    expect(lossy).toBe(true)
  })

  it('ends with the terminal event, and stands there', () => {
    const entries = [entry(1, 'a'), entry(2, '{"type":"RUN_FINISHED"}'), entry(3, 'c')]
    const encoded = encodePage({ ...page, entries, next: 'S-1-3', more: true }, null, MAX, READ)
    expect(encoded).toMatchObject({ end: 'completed', position: 'S-1-2', more: false })
    expect(encoded.items).toHaveLength(2)
  })
})

describe('endReasonOfBytes', () => {
  it.each([
    ['{"type": "status", "status": "completed"}', 'completed'],
    ['{"status":"STOP","type":"status"}', 'stopped'],
    ['{"type":"RUN_ERROR"}', 'failed'],
    ['{"type":"error","status":"completed"}', null],
    ['{"type":"status","content":"{\\"status\\":\\"completed\\"}"}', null],
    ['{"type":"status","status":', null],
    ['"status"', null],
    [`{"type":"status","status":"completed","x":"${'x'.repeat(MAX)}"}`, null],
  ])('of %s is %s', (text, reason) => {
    expect(endReasonOfBytes(Buffer.from(text), MAX)).toBe(reason)
  })
})
