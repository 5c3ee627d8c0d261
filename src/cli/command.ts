// What a command of the command line is.
import type { CheckTogether, FlagValues } from './flags/flag-values.ts'
import type { Flags } from './flags/flags.ts'
import type { Logger } from './logger.ts'

/** What a running command is given. */
export interface CommandContext {
  readonly flags: FlagValues
  readonly logger: Logger
  /** Writes one line to stdout: a result. */
  print(line: string): void
  /** Aborted when the user or the system asks the process to end. */
  readonly signal: AbortSignal
  /** Aborted when it is to end at once. */
  readonly atOnce: AbortSignal
}

/** One command. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  readonly usage: string
  readonly flags: Flags
  /** What else the help says. */
  readonly notes?: readonly string[] | undefined
  /** Says what is wrong with flags that are right one by one. */
  readonly mistakes?: CheckTogether | undefined
  /** How long it may take to end when it is asked to, in ms. @default 0 */
  readonly patienceMs?: ((flags: FlagValues) => number) | undefined
  /**
   * Does the work.
   * @returns the exit code
   * @throws CommandError for a failure with words for the user
   */
  run(context: CommandContext): Promise<number>
}
