// Takes what was said out of a recording and leaves how it was said: every text keeps its length in characters and in
// bytes, letter by letter; JSON stays JSON with the same keys and types, also where it stands in a string; ids keep
// their shape and which are the same. Numbers, keys and the protocols' own words stay.
import { KNOWN_WORDS, WORD_KEYS } from './known-words.ts'
import { createPseudonyms } from './pseudonyms.ts'
import { shapeOf } from './shape.ts'

/** Redacts one recording; ids are the same throughout it. */
export interface Redactor {
  payload(data: string): string
  /** A cursor that still sorts, and tells neither the time of day nor the content's hash. */
  cursor(id: string): string
}

const ID_KEY = /(?:^|_)ids?$|Ids?$|^replaces$/
const TIME_KEY = /^(?:created_at|updated_at|timestamp)$/
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?$/
const NUMBER = /^-?\d[\d.eE+-]*$/

// After a string: what makes it a key.
const COLON = /\s*:/y
// What one character is written as.
const WRITTEN = /\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu

/** Creates a redactor. */
export function createRedactor(): Redactor {
  const pseudonym = createPseudonyms()
  let firstMs: bigint | null = null

  function value(text: string, key: string): string {
    if (WORD_KEYS.has(key) && KNOWN_WORDS.has(text)) return text
    if (TIME_KEY.test(key) && TIME.test(text)) return text
    if (isContainer(text)) return json(text)
    return ID_KEY.test(key) ? pseudonym(text) : shapeOf(text)
  }

  function json(text: string): string {
    let key = ''
    let out = ''
    let at = 0
    for (let start = 0; (start = text.indexOf('"', at)) >= 0;) {
      out += text.slice(at, start)
      at = endOfString(text, start)
      const literal = text.slice(start, at)
      COLON.lastIndex = at
      const isKey = COLON.test(text)
      if (isKey) key = JSON.parse(literal) as string
      out += isKey ? literal : inLiteral(literal, (inner) => value(inner, key))
    }
    return out + text.slice(at)
  }

  function payload(data: string): string {
    const parsed = parse(data)
    if (typeof parsed === 'object' || typeof parsed === 'string') {
      return parsed === null ? data : json(data)
    }
    if (typeof parsed === 'boolean') return data
    return NUMBER.test(data) ? data.replace(/[1-9]/g, '1') : shapeOf(data)
  }

  function cursor(id: string): string {
    const [, ms, seq] = /^S-(\d+)-(\d+)$/.exec(id) ?? []
    if (ms !== undefined) {
      firstMs ??= BigInt(ms)
      return `S-${BigInt(ms) - firstMs}-${seq}`
    }
    const [, index] = /^L-[0-9a-f]{8}-(\d+)-[0-9a-f]{8}$/.exec(id) ?? []
    return index === undefined ? pseudonym(id) : `L-00000000-${index}-00000000`
  }

  return { payload, cursor }
}

// In valid JSON. A regular expression would keep track of every character, and has no room for ten million.
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

// Every character is written the way it was: as itself, or escaped.
function inLiteral(literal: string, change: (text: string) => string): string {
  const changed = change(JSON.parse(literal) as string)
  let at = 0
  const written = literal.slice(1, -1).replace(WRITTEN, (unit) => {
    const length = unit.startsWith('\\') ? 1 : unit.length
    const now = changed.slice(at, (at += length))
    if (!unit.startsWith('\\')) return now
    if (!unit.startsWith('\\u') || JSON.parse(`"${unit}"`) === now) return unit
    return `\\u${now.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return `"${written}"`
}

function isContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  return typeof parse(text) === 'object'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
