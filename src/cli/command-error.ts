// How a command fails: with words that say what to do next, and with an exit code.

/** A failure that the user can do something about; it is shown without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  /** Exit code of the process. */
  readonly exitCode: number = 1
}

/** A command that was written wrongly. */
export class UsageError extends CommandError {
  override readonly name: string = 'UsageError'
  override readonly exitCode: number = 2
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  if (error instanceof Error) return error.message || error.name
  return String(error)
}
