// Lines on stderr, for people or for programs; stdout belongs to results. What opens doors never gets there.
import { pino } from 'pino'
import { withoutSecrets } from './without-secrets.ts'

/** Levels from most to least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** How much to tell. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** `text` is a line of words, `json` an object with `level`, `time` and `msg`. */
export const LOG_FORMATS = ['text', 'json'] as const

/** How to tell. */
export type LogFormat = (typeof LOG_FORMATS)[number]

/** Tells what happens. There is no `debug` where nobody would hear it. */
export interface Logger extends Readonly<
  Record<Exclude<LogLevel, 'debug'>, (message: string) => void>
> {
  readonly debug?: (message: string) => void
}

/** Where, how and how much to log. */
export interface LoggerOptions {
  /** The least important level that is told. @default 'info' */
  readonly level?: LogLevel | undefined
  /** @default 'text' */
  readonly format?: LogFormat | undefined
  /** Takes one line without its line break. */
  readonly write: (line: string) => void
}

type Tell = (name: LogLevel, message: string) => void

/** Makes a logger. In text, lines of `info` stand for themselves, others name their level. */
export function createLogger({ level = 'info', format = 'text', write }: LoggerOptions): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const tell = format === 'json' ? jsonTeller(write) : textTeller(write)
  const at = (name: LogLevel): ((message: string) => void) =>
    LOG_LEVELS.indexOf(name) < least ? () => {} : (message) => tell(name, withoutSecrets(message))
  const logger = { info: at('info'), warn: at('warn'), error: at('error') }
  return level === 'debug' ? { ...logger, debug: at('debug') } : logger
}

function textTeller(write: LoggerOptions['write']): Tell {
  return (name, message) => write(name === 'info' ? message : `${name}: ${message}`)
}

function jsonTeller(write: LoggerOptions['write']): Tell {
  const logger = pino(
    {
      level: 'debug',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(line.trimEnd()) },
  )
  return (name, message) => logger[name](message)
}
