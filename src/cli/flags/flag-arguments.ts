// The arguments of a command as flags and their texts; what cannot be read is told, and the rest is read all the same.
import { parseArgs } from 'node:util'
import type { Flags } from './flags.ts'

/** What was read. */
export interface ReadArguments {
  /** Values by flag; of one without a value, `true`. */
  readonly written: Readonly<Record<string, string | undefined>>
  readonly mistakes: readonly string[]
}

/** Reads arguments. */
export function readArguments(args: readonly string[], flags: Flags): ReadArguments {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const written: Record<string, string> = {}
  const mistakes: string[] = []
  let strayAt = -1 // what follows an unknown flag is taken for its value
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index !== strayAt) {
      mistakes.push(`"${token.value}" belongs to no flag`)
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue = false, index } = token
    const flag = flags[name]
    if (flag === undefined) {
      strayAt = index + 1
      mistakes.push(unknown(rawName, Object.keys(flags)))
    } else if (flag.value === undefined) {
      if (inlineValue) mistakes.push(`${rawName} takes no value`)
      else written[name] = 'true'
    } else if (value === undefined || (!inlineValue && /^-[^\d.]/.test(value))) {
      mistakes.push(`${rawName} needs a value: ${rawName} ${flag.value}`)
    } else {
      const before = flag.many ? written[name] : undefined
      written[name] = before === undefined ? value : `${before},${value}`
    }
  }
  return { written, mistakes }
}

function unknown(rawName: string, names: readonly string[]): string {
  const wanted = rawName.replace(/^-+/, '')
  const [near] = names
    .map((name) => ({ name, away: distance(wanted, name) }))
    .filter(({ name, away }) => away <= Math.max(2, name.length / 4) && away < name.length)
    .toSorted((a, b) => a.away - b.away)
  return `there is no ${rawName}${near === undefined ? '' : `; did you mean --${near.name}?`}`
}

// Letters to add, leave out or change.
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1]
    for (let at = 1; at <= to.length; at++) {
      const change = (row[at - 1] ?? 0) + Number(letter !== to[at - 1])
      next.push(Math.min(change, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
