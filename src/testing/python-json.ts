// JSON as Python's json.dumps writes it by default: a space after every comma and colon.
// Consumers in the field compare raw text, so the spacing is part of the format.

/** A value that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** How to write. */
export interface PythonJsonOptions {
  /** Escape all but printable ASCII as `\uXXXX`, as `ensure_ascii=True` does. @default false */
  readonly ascii?: boolean | undefined
}

/** Encodes a value with Python's separators; keys keep their order. */
export function pythonJson(value: JsonValue, { ascii = false }: PythonJsonOptions = {}): string {
  const text = encode(value)
  return ascii ? text.replace(/[^ -~]/g, escapeUnit) : text
}

function encode(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(encode).join(', ')}]`
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${encode(item)}`,
  )
  return `{${members.join(', ')}}`
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value)

const escapeUnit = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
