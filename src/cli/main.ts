// The command line: finds the command, reads its flags, runs it, and turns what happens into an exit code.
import { CommandError, messageOf, UsageError } from './command-error.ts'
import { LOG_FLAGS } from './flags/flags.ts'
import type { Command } from './command.ts'
import { demoCommand } from './demo-command.ts'
import { doctorCommand } from './doctor-command.ts'
import { parseFlags } from './flags/flag-values.ts'
import type { FlagValues } from './flags/flag-values.ts'
import { commandHelp, overview } from './flags/help.ts'
import { INTERRUPTED, interruption } from './interruption.ts'
import { createLogger, LOG_FORMATS, LOG_LEVELS } from './logger.ts'
import { packageVersion } from './package-root.ts'
import { produceCommand } from './produce-command.ts'
import { recordCommand } from './record-command.ts'
import { relayCommand } from './relay-command.ts'
import { tokenCommand } from './token-command.ts'

const COMMANDS: readonly Command[] = [
  relayCommand,
  doctorCommand,
  demoCommand,
  produceCommand,
  recordCommand,
  tokenCommand,
]

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) {
    complain(overview(COMMANDS, packageVersion()))
    return 2
  }
  if (name === '--version' || name === '-v') return say(packageVersion())
  if (name === '--help' || name === '-h') return say(overview(COMMANDS, packageVersion()))
  if (name === 'help' && rest[0] === undefined) return say(overview(COMMANDS, packageVersion()))
  const command = find(name === 'help' ? (rest[0] ?? '') : name)
  if (name === 'help' || rest.includes('--help') || rest.includes('-h')) {
    return say(commandHelp(withLogFlags(command)))
  }
  return runCommand(withLogFlags(command), rest)
}

function find(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name)
  if (command !== undefined) return command
  const names = COMMANDS.map((known) => known.name).join(', ')
  throw new UsageError(`there is no command "${name}"; commands are ${names}`)
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  try {
    return await runWith(parseFlags(args, command.flags, process.env, command.mistakes), command)
  } catch (error) {
    if (error instanceof UsageError) {
      const join = error.message.includes('\n') ? '\n' : '; '
      error.message += `${join}see framewise ${command.name} --help`
    }
    throw error
  }
}

async function runWith(flags: FlagValues, command: Command): Promise<number> {
  const { asked: signal, atOnce } = interruption(command.patienceMs?.(flags))
  const level = flags.choice('log-level', LOG_LEVELS)
  const format =
    flags.text('log-format') === undefined ? 'text' : flags.choice('log-format', LOG_FORMATS)
  const logger = createLogger({ level, format, write: complain })
  try {
    return await command.run({ flags, logger, print, signal, atOnce })
  } catch (error) {
    if (signal.aborted && error === signal.reason) return INTERRUPTED
    throw error
  }
}

const withLogFlags = (command: Command): Command => ({
  ...command,
  flags: { ...command.flags, ...LOG_FLAGS },
})

function say(text: string): number {
  print(text)
  return 0
}

function fail(error: unknown): number {
  const known = error instanceof CommandError
  complain(`framewise: ${known || !(error instanceof Error) ? messageOf(error) : error.stack}`)
  return known ? error.exitCode : 1
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

// A log that nobody reads must not end a server.
process.stderr.on('error', () => {})

// Nothing may keep a command alive that is done; what it printed is written out first.
const exit = (code: number): void => void process.stdout.write('', () => process.exit(code))

main(process.argv.slice(2))
  .catch(fail)
  .then(exit, () => process.exit(1))
