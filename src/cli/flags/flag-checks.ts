// What a flag's value must be. A check throws what is wrong, in words for the user, with the name the value came by.

import { messageOf } from '../command-error.ts'

/**
 * Looks at a value.
 * @param label the flag or the variable that gave it
 * @throws Error whose message is for the user
 */
export type FlagCheck = (value: string, label: string) => void

/** A whole number between bounds. */
export function integerFrom(min: number, max: number): FlagCheck {
  return (value, label) => {
    const found = checkNumber(value, label, min, max)
    if (!Number.isInteger(found)) throw new Error(`${label} must be a whole number, got ${found}`)
  }
}

/** One of some words. */
export function oneOf(choices: readonly string[]): FlagCheck {
  return (value, label) => {
    if (choices.includes(value)) return
    throw new Error(`${label} must be one of ${choices.join(', ')}, got ${quote(value)}`)
  }
}

/** What a variable says in place of a flag without a value. */
export const yesOrNo: FlagCheck = oneOf(['true', 'false', '1', '0'])

/** What something else checks: its words, with the flag's name in place of its own. */
export function asIn(check: (value: string) => unknown): FlagCheck {
  return (value, label) => {
    try {
      check(value)
    } catch (error) {
      throw new Error(`${label}: ${messageOf(error).replace(/^\w+: /, '')}`, { cause: error })
    }
  }
}

/**
 * A number between bounds.
 * @throws Error for anything else
 */
export function checkNumber(value: string, label: string, min: number, max: number): number {
  const found = value.trim() === '' ? Number.NaN : Number(value)
  if (found >= min && found <= max) return found
  throw new Error(`${label} must be a number from ${min} to ${max}, got ${quote(value)}`)
}

const quote = (value: string): string => (value === '' ? 'nothing' : `"${value}"`)
