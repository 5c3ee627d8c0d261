// How much text a payload brings, by the names that vendors give it. Unlike a protocol it need not be right about
// anything else: the number says whether chunks are tiny.

// Longer payloads are no deltas, and cost what they are long.
const MOST_CHARS = 16_384
const NAMES = ['delta', 'textDelta', 'text', 'content', 'token', 'response', 'completion'] as const
const DEPTH = 4

/** Characters of text in a payload; null where none can be told. */
export function textOf(data: string): number | null {
  if (data.length > MOST_CHARS) return null
  const first = data.trimStart()[0]
  if (first !== '{' && first !== '[') return first === undefined ? null : plainText(data)
  try {
    return textIn(JSON.parse(data), DEPTH)
  } catch {
    return null
  }
}

// The marks that end a stream are no text.
const plainText = (data: string): number | null => (data === '[DONE]' ? null : data.length)

function textIn(value: unknown, depth: number): number | null {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || depth === 0) return null
  if (Array.isArray(value)) return value.length === 0 ? null : textIn(value.at(-1), depth - 1)
  const fields = value as Readonly<Record<string, unknown>>
  for (const name of NAMES) {
    const found = textIn(fields[name], depth - 1)
    if (found !== null) return found
  }
  return 'choices' in fields ? textIn(fields['choices'], depth - 1) : null
}
