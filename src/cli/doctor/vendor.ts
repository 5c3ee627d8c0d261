// Who runs the server, by its address and its own words, and what is known to be different there. From the vendors'
// documentation; not run on the real services.
import type { Info } from './info.ts'

/** An offer and what to expect of it. */
export interface Vendor {
  readonly name: string
  /** Sentences for the user; empty where nothing is known. */
  readonly limits: string
  /** True when neither address nor INFO named it. */
  readonly isGuess: boolean
}

interface Known {
  readonly name: string
  readonly host?: RegExp
  readonly field?: string
  readonly limits: string
}

const KNOWN: readonly Known[] = [
  {
    name: 'Upstash',
    host: /\.upstash\.io$/,
    field: 'upstash_version',
    limits:
      'Upstash bills each command, has no CLIENT TRACKING (the relay uses doorbells and blocking reads), and evicts by ' +
      'its own policy where eviction is switched on; else it refuses writes when full.',
  },
  {
    name: 'Railway',
    host: /\.(railway\.internal|rlwy\.net|railway\.app)$/,
    limits:
      'Railway runs a plain Redis in a container: its public address goes through a TCP proxy in the chosen region; use ' +
      'the private one from within the project, and a volume where runs must outlive a restart.',
  },
  {
    name: 'Render',
    host: /\.render\.com$|^red-[a-z0-9]+$/,
    limits:
      'Render’s free Key Value keeps nothing over a restart, and all its plans begin with allkeys-lru; choose noeviction ' +
      'or volatile-lru for runs. Use the internal address from the same region.',
  },
  {
    name: 'ElastiCache',
    host: /\.cache\.amazonaws\.com$/,
    limits:
      'ElastiCache refuses CONFIG: settings are in its parameter group, which begins with volatile-lru. It is reachable ' +
      'from within its VPC only.',
  },
  {
    name: 'Redis Cloud',
    host: /\.(redislabs\.com|redns\.redis-cloud\.com|redis-cloud\.com)$/,
    limits: 'Redis Cloud begins with volatile-lru and limits connections by plan.',
  },
  {
    name: 'Dragonfly',
    field: 'dragonfly_version',
    limits: 'Dragonfly reports parts of INFO only.',
  },
  { name: 'Valkey', field: 'valkey_version', limits: '' },
]

/** Recognises an offer. */
export function vendorOf(info: Info, host: string): Vendor {
  const known = KNOWN.find(
    ({ host: pattern, field }) => pattern?.test(host) || (field !== undefined && info.has(field)),
  )
  if (known !== undefined) return { name: known.name, limits: known.limits, isGuess: false }
  const name = info.get('server_name') === 'valkey' ? 'Valkey' : 'Redis'
  return { name, limits: '', isGuess: !info.has('redis_version') }
}

/** The host of an address. */
export const hostOf = (url: string): string => new URL(url).hostname
