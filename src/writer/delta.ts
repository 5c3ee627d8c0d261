// What an event adds to which text, by protocol: all that a coalescer needs to know of events.

/** An event as it is given to a writer: JSON text that is written as it is, or an object. */
export type WriterEvent = string | object

/** An event that only lengthens one text. */
export interface Delta {
  /** Equal for events that lengthen the same text and differ in nothing else. */
  readonly key: string
  /** What it adds. */
  readonly text: string
  /** The same event with other text. */
  withText(text: string): WriterEvent
}

/** Reads an event; null for one that does more than lengthen a text. */
export type DeltaOf = (event: WriterEvent) => Delta | null

type Fields = Readonly<Record<string, unknown>>

const AG_UI_TYPES = new Set([
  'TEXT_MESSAGE_CONTENT',
  'REASONING_MESSAGE_CONTENT',
  'THINKING_TEXT_MESSAGE_CONTENT',
  'TOOL_CALL_ARGS',
])

/** AG-UI: `delta` of texts, reasoning and tool arguments. */
export const agUiDelta: DeltaOf = (event) => {
  const fields = fieldsOf(event)
  const { delta, timestamp: _, ...rest } = fields ?? {}
  if (typeof delta !== 'string' || !AG_UI_TYPES.has(String(rest['type']))) return null
  return {
    key: JSON.stringify(rest),
    text: delta,
    withText: (text) => ({ ...fields, delta: text }),
  }
}

/** Suna: chunks of answers and of reasoning, in the envelopes of both its formats. The first one's `sequence` stays. */
export const sunaDelta: DeltaOf = (event) => {
  const fields = fieldsOf(event)
  const { sequence: _, created_at: __, updated_at: ___, content, ...rest } = fields ?? {}
  const name = SUNA_TEXT.get(String(rest['type']))
  const inner = fieldsOf(content)
  const text = name === undefined ? undefined : inner?.[name]
  const status = fieldsOf(rest['metadata'])?.['stream_status']
  if (name === undefined || typeof text !== 'string' || !SUNA_CHUNKS.has(status)) return null
  return {
    key: JSON.stringify([rest, { ...inner, [name]: '' }]),
    text,
    withText: (joined) => ({ ...fields, content: JSON.stringify({ ...inner, [name]: joined }) }),
  }
}

const SUNA_TEXT = new Map([
  ['assistant', 'content'],
  ['reasoning', 'reasoning_content'],
])
const SUNA_CHUNKS = new Set<unknown>(['chunk', 'reasoning_chunk'])

/** An object's fields, also when it is written as JSON; null for anything else. */
export function fieldsOf(value: unknown): Fields | null {
  if (typeof value === 'object') return value as Fields | null
  if (typeof value !== 'string' || !value.startsWith('{')) return null
  try {
    return JSON.parse(value) as Fields
  } catch {
    return null
  }
}
