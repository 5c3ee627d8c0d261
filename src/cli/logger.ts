// Lines for people, on stderr. stdout belongs to results.

/** Levels from most to least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** How much to tell. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Tells people what happens. */
export type Logger = Readonly<Record<LogLevel, (message: string) => void>>

/** Where and how much to log. */
export interface LoggerOptions {
  /** The least important level that is told. @default 'info' */
  readonly level?: LogLevel | undefined
  /** Takes one line without its line break. */
  readonly write: (line: string) => void
}

/** Makes a logger. Lines of `info` stand for themselves, others name their level. */
export function createLogger({ level = 'info', write }: LoggerOptions): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const at = (name: LogLevel): ((message: string) => void) => {
    if (LOG_LEVELS.indexOf(name) < least) return () => {}
    const label = name === 'info' ? '' : `${name}: `
    return (message) => write(label + message)
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
