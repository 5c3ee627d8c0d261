// Flags as data, so that parsing and help cannot disagree; and those that several commands share.

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
}

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>

/** The flag that every command has beside `--help`. */
export const LOG_FLAGS: Flags = {
  'log-level': {
    value: 'LEVEL',
    env: 'FRAMEWISE_LOG_LEVEL',
    default: 'info',
    help: 'what to tell on stderr: debug, info, warn or error',
  },
}

/** Flags of commands that serve. */
export const SERVER_FLAGS: Flags = {
  port: {
    value: 'N',
    env: 'PORT',
    default: '4400',
    help: 'port to listen on; 0 takes any free one',
  },
  host: {
    value: 'NAME',
    env: 'HOST',
    default: '127.0.0.1',
    help: 'address to listen on; beyond loopback the relay wants a secret',
  },
  redis: {
    value: 'URL',
    env: 'REDIS_URL',
    help: 'Redis to read from, redis:// or rediss://; without it, memory',
  },
  layout: {
    value: 'NAME',
    env: 'FRAMEWISE_LAYOUT',
    default: 'auto',
    help: 'how runs lie in Redis: suna-list, suna-stream or auto (both)',
  },
  'cors-origin': {
    value: 'ORIGINS',
    env: 'FRAMEWISE_CORS_ORIGIN',
    help: 'further origins that may read, separated by commas; localhost may always',
  },
}
