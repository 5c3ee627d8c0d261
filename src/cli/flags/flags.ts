// Flags as data, so that parsing and help cannot disagree; and those that several commands share.
import { asIn, integerFrom, oneOf } from './flag-checks.ts'
import type { FlagCheck } from './flag-checks.ts'
import { createOrigins } from '../../relay/door/origins.ts'
import { LOG_LEVELS } from '../logger.ts'
import { redisUrlsIn } from '../redis-client.ts'

/** One flag. Flags win over the environment, the environment over the default. */
export interface Flag {
  /** Stands for the value in the help; a flag without one takes no value. */
  readonly value?: string | undefined
  /** May be written several times; the values are joined by commas. @default false */
  readonly many?: boolean | undefined
  /** Environment variable with the same meaning. */
  readonly env?: string | undefined
  /** Value when neither flag nor environment give one. */
  readonly default?: string | undefined
  /** What the flag does, for the help. */
  readonly help: string
  /** Under which heading the help shows it. @default 'Flags' */
  readonly group?: string | undefined
  /** Looks at a value that was given, when the command starts. */
  readonly check?: FlagCheck | undefined
}

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>

/** Layouts that a relay can be told to read. */
export const RELAY_LAYOUTS = ['auto', 'suna-list', 'suna-stream'] as const

/** What a port may be. */
export const checkPort: FlagCheck = integerFrom(0, 65_535)

/** The flag that every command has beside `--help`. */
export const LOG_FLAGS: Flags = {
  'log-level': {
    value: 'LEVEL',
    env: 'FRAMEWISE_LOG_LEVEL',
    default: 'info',
    help: `what to tell on stderr: ${LOG_LEVELS.join(', ')}`,
    group: 'Logs',
    check: oneOf(LOG_LEVELS),
  },
}

/** Flags of commands that serve. */
export const SERVER_FLAGS: Flags = {
  port: {
    value: 'N',
    env: 'PORT',
    default: '4400',
    help: 'port to listen on; 0 takes any free one',
    group: 'Server',
    check: checkPort,
  },
  host: {
    value: 'NAME',
    env: 'HOST',
    default: '127.0.0.1',
    help: 'address to listen on; beyond loopback the relay wants a secret',
    group: 'Server',
  },
  redis: {
    value: 'URL',
    env: 'REDIS_URL',
    help: 'Redis to read from, redis:// or rediss://; without it, memory',
    group: 'Redis',
    check: asIn(redisUrlsIn),
  },
  layout: {
    value: 'NAME',
    env: 'FRAMEWISE_LAYOUT',
    default: 'auto',
    help: 'how runs lie in Redis: suna-list, suna-stream or auto (both)',
    group: 'Redis',
    check: oneOf(RELAY_LAYOUTS),
  },
  'cors-origin': {
    value: 'ORIGINS',
    env: 'FRAMEWISE_CORS_ORIGIN',
    help: 'further origins whose pages may read, separated by commas; without a secret, localhost may always',
    group: 'Who may read',
    check: asIn((origins) => createOrigins(listIn(origins), false)),
  },
}

/** The parts of a value that is a list. */
export function listIn(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}
