// Flag values as a command wants them: checked when it starts, all at once, with words that name the flag or the
// variable. Who writes a configuration wants to know all that is wrong with it, not the first thing.
import { messageOf, UsageError } from '../command-error.ts'
import { checkNumber, integerFrom, oneOf } from './flag-checks.ts'
import { readArguments } from './flag-arguments.ts'
import type { Flags } from './flags.ts'

/** Reads the values of one command's flags. */
export interface FlagValues {
  /** True when the flag itself was written, whatever the environment says. */
  given(name: string): boolean
  /** True when a flag without a value was written, or its variable says so. */
  on(name: string): boolean
  /** The value, or undefined where there is none. Empty counts as none. */
  text(name: string): string | undefined
  /** @throws UsageError when the value is not an integer between the bounds */
  integer(name: string, min?: number, max?: number): number
  /** @throws UsageError when the value is not a number between the bounds */
  number(name: string, min: number, max: number): number
  /** @throws UsageError when the value is none of the choices */
  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice
}

/** The environment: variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Says what is wrong with values that are right one by one. */
export type CheckTogether = (values: FlagValues) => readonly string[]

/**
 * Parses the arguments of one command.
 * @throws UsageError that lists flags that the command does not have, values that are missing, and values that are wrong
 */
export function parseFlags(
  args: readonly string[],
  flags: Flags,
  env: Environment,
  together: CheckTogether = () => [],
): FlagValues {
  const { written, mistakes } = readArguments(args, flags)
  const values = valuesOf(written, flags, env)
  const all = [...mistakes, ...wrongValues(flags, values), ...together(values.read)]
  if (all.length === 0) return values.read
  if (all.length === 1) throw new UsageError(all[0])
  throw new UsageError([`${all.length} mistakes:`, ...all].join('\n  '))
}

interface Found {
  readonly label: string
  readonly value: string | undefined
}

interface Values {
  readonly read: FlagValues
  find(name: string): Found
}

function valuesOf(
  written: Readonly<Record<string, string | undefined>>,
  flags: Flags,
  env: Environment,
): Values {
  function find(name: string): Found {
    const { env: variable, default: value } = flags[name] ?? {}
    if (written[name] !== undefined) return { label: `--${name}`, value: written[name] }
    if (variable && env[variable]) return { label: variable, value: env[variable] }
    return { label: `--${name}`, value }
  }

  function checked<Value>(name: string, check: (value: string, label: string) => Value): Value {
    const { label, value = '' } = find(name)
    try {
      return check(value, label)
    } catch (error) {
      throw new UsageError(messageOf(error), { cause: error })
    }
  }

  const number: FlagValues['number'] = (name, min, max) =>
    checked(name, (value, label) => checkNumber(value, label, min, max))
  const read: FlagValues = {
    given: (name) => written[name] !== undefined,
    on: (name) => ['true', '1'].includes(find(name).value ?? ''),
    text: (name) => find(name).value || undefined,
    number,
    integer(name, min = -Infinity, max = Infinity) {
      checked(name, integerFrom(min, max))
      return number(name, min, max)
    },
    choice(name, choices) {
      checked(name, oneOf(choices))
      return choices.find((choice) => choice === find(name).value) as (typeof choices)[number]
    },
  }
  return { read, find }
}

function wrongValues(flags: Flags, { find }: Values): string[] {
  return Object.entries(flags).flatMap(([name, { check }]) => {
    const { label, value } = find(name)
    if (!value || check === undefined) return []
    try {
      check(value, label)
      return []
    } catch (error) {
      return [messageOf(error)]
    }
  })
}
