// Checks the fields of a request. Errors are HttpError 400 that say which field, what it must be, and what it was.
import { HttpError } from './http-reply.ts'

/** What was asked for, by name. */
export type Fields = Readonly<Record<string, unknown>>

/** Refuses fields that there are not. */
export function knownFields(fields: Fields, known: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue
    throw wrong(`there is no field ${JSON.stringify(name)}; fields are ${known.join(', ')}`)
  }
}

/** A number between bounds. */
export function number(
  fields: Fields,
  name: string,
  otherwise: number,
  min: number,
  max: number,
): number {
  const value = fields[name] ?? otherwise
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw wrong(`${name} must be a number from ${min} to ${max}, got ${shown(value)}`)
}

/** A whole number between bounds. */
export function integer(
  fields: Fields,
  name: string,
  otherwise: number,
  min: number,
  max: number,
): number {
  const value = number(fields, name, otherwise, min, max)
  if (Number.isInteger(value)) return value
  throw wrong(`${name} must be a whole number, got ${value}`)
}

/** One of some words, or undefined where there is none. */
export function oneOf<Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = fields[name] ?? undefined
  const found = choices.find((choice) => choice === value)
  if (found !== undefined || value === undefined) return found
  throw wrong(`${name} must be one of ${choices.join(', ') || 'none at all'}, got ${shown(value)}`)
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing'

/** The answer to a field that is not what it must be. */
export const wrong = (message: string): HttpError => new HttpError(400, 'bad-request', message)
