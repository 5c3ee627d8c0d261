// The texts of --help, made from the commands' own data.
import type { Command } from './command.ts'
import type { Flags } from './flags.ts'

/** What `framewise --help` shows. */
export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    `framewise ${version}: serves the streams of AI agents, and says which stage of them is slow`,
    '',
    'Usage: framewise <command> [flags]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'framewise <command> --help shows the flags of a command; framewise --version the version.',
    'Results go to stdout, progress and logs to stderr.',
  ].join('\n')
}

/** What `framewise <command> --help` shows. */
export function commandHelp({ name, summary, usage, flags, notes = [] }: Command): string {
  return [
    `framewise ${name}: ${summary}`,
    '',
    `Usage: framewise ${name} ${usage}`,
    '',
    'Flags:',
    ...flagLines({ ...flags, help: { help: 'show this' } }),
    ...notes.flatMap((note) => ['', note]),
  ].join('\n')
}

function flagLines(flags: Flags): string[] {
  const entries = Object.entries(flags).map(
    ([name, flag]) => [`--${name}${flag.value ? ` ${flag.value}` : ''}`, flag] as const,
  )
  const width = Math.max(...entries.map(([written]) => written.length))
  return entries.flatMap(([written, flag]) => {
    const known = [
      ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
      ...(flag.env === undefined ? [] : [`environment ${flag.env}`]),
    ]
    const first = `  ${written.padEnd(width)}  ${flag.help}`
    return known.length === 0 ? [first] : [first, `  ${' '.repeat(width)}  (${known.join('; ')})`]
  })
}
