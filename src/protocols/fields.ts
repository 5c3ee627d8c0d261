// Reading of untrusted JSON. A wrong field is thrown with its reason, so that decoders read straight through;
// the pipeline catches it at one place and makes it a value.
import type { AgentEvent } from '../core/events.ts'
import type { Decoded } from '../core/protocol.ts'

/** A JSON object whose fields are not to be trusted. */
export type Fields = Readonly<Record<string, unknown>>

/** Wraps decoded events. */
export const decoded = (...events: readonly AgentEvent[]): Decoded => ({ kind: 'events', events })

/** Leaves a decoder: `what` was expected, `got` is what stands there. */
export function fail(what: string, got: unknown): never {
  throw new TypeError(`expected ${what}, got ${String(JSON.stringify(got)).slice(0, 40)}`)
}

/** Parses text that has to be a JSON object. `where` is named in the reason, for instance `content`. */
export function parseObject(text: string, where: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    fail(`${where} to be JSON`, text.slice(0, 40))
  }
  return isObject(value) ? value : fail(`${where} to be an object`, value)
}

/** A field that has to be text. `where` names the event in the reason. */
export function textOf(fields: Fields, name: string, where: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : fail(`${name} of ${where} to be a string`, value)
}

/** A field that may be missing: text, or undefined for anything else. */
export function maybeText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** True for a JSON object, and not for an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as text: text as it is, anything else as JSON; empty for what JSON does not know. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
