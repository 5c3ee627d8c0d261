// Flag values as a command wants them: checked, and with errors that name the flag or the variable.
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from './command-error.ts'
import type { Flags } from './flags.ts'

/** Reads the values of one command's flags. */
export interface FlagValues {
  /** True when the flag itself was written, whatever the environment says. */
  given(name: string): boolean
  /** The value, or undefined where there is none. Empty counts as none. */
  text(name: string): string | undefined
  /** @throws UsageError when the value is not an integer between the bounds */
  integer(name: string, min: number, max: number): number
  /** @throws UsageError when the value is not a number between the bounds */
  number(name: string, min: number, max: number): number
  /** @throws UsageError when the value is none of the choices */
  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice
}

/** The environment: variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Parses the arguments of one command.
 * @throws UsageError for a flag that the command does not have, or a value that is missing
 */
export function parseFlags(args: readonly string[], flags: Flags, env: Environment): FlagValues {
  const written = parse(args, flags)
  const find = (name: string): { readonly label: string; readonly value: string | undefined } => {
    const flag = flags[name]
    if (written[name] !== undefined) return { label: `--${name}`, value: written[name] }
    const variable = flag?.env
    if (variable && env[variable]) return { label: variable, value: env[variable] }
    return { label: `--${name}`, value: flag?.default }
  }
  const number: FlagValues['number'] = (name, min, max) => {
    const { label, value = '' } = find(name)
    const found = value.trim() === '' ? Number.NaN : Number(value)
    if (found >= min && found <= max) return found
    throw new UsageError(`${label} must be a number from ${min} to ${max}, got ${quote(value)}`)
  }
  return {
    given: (name) => written[name] !== undefined,
    text: (name) => find(name).value || undefined,
    number,
    integer(name, min, max) {
      const found = number(name, min, max)
      if (Number.isInteger(found)) return found
      throw new UsageError(`${find(name).label} must be a whole number, got ${found}`)
    },
    choice(name, choices) {
      const { label, value = '' } = find(name)
      const found = choices.find((choice) => choice === value)
      if (found !== undefined) return found
      throw new UsageError(`${label} must be one of ${choices.join(', ')}, got ${quote(value)}`)
    },
  }
}

function parse(args: readonly string[], flags: Flags): Record<string, string | undefined> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: flag.many ?? false,
      },
    ]),
  )
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true })
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value === undefined ? value : `${value}`,
      ]),
    )
  } catch (error) {
    const message = messageOf(error)
    throw new UsageError(message.charAt(0).toLowerCase() + message.slice(1))
  }
}

const quote = (value: string): string => (value === '' ? 'nothing' : `"${value}"`)
