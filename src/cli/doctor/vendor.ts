// Who runs the server, by its address and its own words, and what its documentation says is different there. Nothing is
// claimed that has no page to stand on; none of it was tried on the real services.
import type { Info } from './info.ts'

/** An offer and what to expect of it. */
export interface Vendor {
  readonly name: string
  /** Sentences for the user, with the pages they are from; empty where nothing is known. */
  readonly limits: string
  /** True when neither address nor INFO named it. */
  readonly isGuess: boolean
}

interface Known {
  readonly name: string
  readonly host?: RegExp
  readonly field?: string
  readonly limits: string
  /** Where that is written, as read in November 2026. */
  readonly sources: readonly string[]
}

/** The offers that are recognised. */
export const KNOWN: readonly Known[] = [
  {
    name: 'Upstash',
    host: /\.upstash\.io$/,
    field: 'upstash_version',
    limits:
      'Upstash bills each command on its pay-as-you-go plan, lists neither CLIENT TRACKING nor CLIENT UNBLOCK (the relay ' +
      'uses doorbells and short blocking reads), and leaves Persistence, Replication and CPU out of INFO. When full it ' +
      'refuses writes; with eviction switched on it drops keys at random, those with a TTL first, and runs have one.',
    sources: [
      'https://upstash.com/docs/redis/features/eviction',
      'https://upstash.com/docs/redis/commands/connection/overview',
      'https://upstash.com/docs/redis/commands/server/info',
      'https://upstash.com/docs/redis/overall/pricing',
    ],
  },
  {
    name: 'Railway',
    host: /\.(railway\.internal|rlwy\.net|railway\.app)$/,
    limits:
      'Railway runs a plain Redis in a container that is yours to manage. From outside of the project the way goes ' +
      'through a TCP proxy, whose traffic is billed; from within use the private address (railway.internal).',
    sources: [
      'https://docs.railway.com/guides/redis',
      'https://docs.railway.com/networking/private-networking',
    ],
  },
  {
    name: 'Render',
    host: /\.render\.com$|^red-[a-z0-9]+$/,
    limits:
      'Render’s free Key Value writes nothing to disk, the paid ones once a second. The policy is chosen with the ' +
      'instance: Render advises allkeys-lru for caches and noeviction for queues; runs are like queues. Use the internal ' +
      'address from the same region.',
    sources: ['https://render.com/docs/redis'],
  },
  {
    name: 'ElastiCache',
    host: /\.cache\.amazonaws\.com$/,
    limits:
      'ElastiCache has no CONFIG: settings are in its parameter group, where maxmemory-policy begins with volatile-lru, ' +
      'which drops runs. It lies in a VPC.',
    sources: [
      'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ClientConfig.RestrictedCommands.html',
      'https://aws.amazon.com/premiumsupport/knowledge-center/oom-command-not-allowed-redis/',
      'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VPCs.html',
    ],
  },
  {
    name: 'Redis Cloud',
    host: /\.(redislabs\.com|redns\.redis-cloud\.com|redis-cloud\.com)$/,
    limits: 'Redis Cloud begins with volatile-lru, which drops runs once memory is full.',
    sources: ['https://docs.redislabs.com/latest/rc/concepts/'],
  },
  {
    name: 'Dragonfly',
    field: 'dragonfly_version',
    limits:
      'Dragonfly has CLIENT TRACKING from 1.14 on, with RESP3, but not in broadcast mode, which is how a writer is ' +
      'listened to here; CLIENT UNBLOCK was not there yet in 2025.',
    sources: [
      'https://www.dragonflydb.io/docs/command-reference/server-management/client-tracking',
      'https://github.com/dragonflydb/dragonfly/issues/5465',
    ],
  },
  { name: 'Valkey', field: 'valkey_version', limits: '', sources: [] },
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
