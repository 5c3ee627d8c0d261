// The texts of --help, made from the commands' own data, for a terminal of 80 columns.
import type { Command } from '../command.ts'
import type { Flag, Flags } from './flags.ts'

const COLUMNS = 80
const INDENT = 22

/** What `framewise --help` shows. */
export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    `framewise ${version}`,
    'Serves the streams of AI agents, and says which stage of them is slow.',
    '',
    'Usage: framewise <command> [flags]',
    '',
    'Commands:',
    ...commands.flatMap(({ name, summary }) => hanging(`  ${name.padEnd(width)}  `, summary)),
    '',
    'framewise <command> --help shows its flags; framewise --version the version.',
    'Results go to stdout, progress and logs to stderr.',
  ].join('\n')
}

/** What `framewise <command> --help` shows. */
export function commandHelp({ name, ...command }: Command): string {
  return helpOf(`framewise ${name}`, command)
}

/** What `--help` shows of anything that has flags. */
export function helpOf(
  written: string,
  { summary, usage, flags, notes = [] }: Pick<Command, 'summary' | 'usage' | 'flags' | 'notes'>,
): string {
  return [
    ...hanging(`${written}: `, summary, 2),
    '',
    ...hanging(`Usage: ${written} `, whole(usage)).map(unwhole),
    ...groupsOf({ ...flags, help: { help: 'show this', group: 'Logs' } }).flatMap(
      ([group, lines]) => ['', `${group}:`, ...lines],
    ),
    ...notes.flatMap((note) => ['', ...hanging('', note)]),
  ].join('\n')
}

function groupsOf(flags: Flags): [string, string[]][] {
  const groups = new Map<string, string[]>()
  const isGrouped = Object.values(flags).filter(({ group }) => group !== undefined).length > 3
  for (const [name, flag] of Object.entries(flags)) {
    const group = (isGrouped ? flag.group : undefined) ?? 'Flags'
    groups.set(group, [...(groups.get(group) ?? []), ...flagLines(name, flag)])
  }
  return Array.from(groups)
}

function flagLines(name: string, flag: Flag): string[] {
  const known = [
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.env === undefined ? [] : [`environment ${flag.env}`]),
  ]
  const written = `  --${name}${flag.value ? ` ${flag.value}` : ''}  `
  const text = known.length === 0 ? flag.help : `${flag.help} (${known.join('; ')})`
  if (written.length <= INDENT) return hanging(written.padEnd(INDENT), text)
  return [written.trimEnd(), ...hanging(' '.repeat(INDENT), text)]
}

// What stands in brackets stays together.
const whole = (text: string): string =>
  text.replaceAll(/\[[^\]]*\]/g, (part) => part.replaceAll(' ', '\u00a0'))
const unwhole = (line: string): string => line.replaceAll('\u00a0', ' ')

/** Breaks a text into lines that stand behind its head. */
function hanging(head: string, text: string, indent = head.length): string[] {
  const lines: string[] = []
  let line = head
  for (const word of text.split(' ')) {
    const longer = line.trim() === '' || line === head ? line + word : `${line} ${word}`
    if (longer.length <= COLUMNS || line.trim() === '') {
      line = longer
      continue
    }
    lines.push(line.trimEnd())
    line = ' '.repeat(indent) + word
  }
  return [...lines, line]
}
