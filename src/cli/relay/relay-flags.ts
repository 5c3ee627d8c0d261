// The flags of `framewise relay`: one row for each of the relay's numbers, and those that are more than a number.
import { createClientAddress } from '../../relay/door/client-address.ts'
import { relayDefaults, sunaNames } from '../../relay/index.ts'
import type { RelayOptions, RedisNames } from '../../relay/index.ts'
import { asIn, integerFrom, oneOf, yesOrNo } from '../flags/flag-checks.ts'
import { checkPort, listIn, SERVER_FLAGS } from '../flags/flags.ts'
import type { Flag, Flags } from '../flags/flags.ts'
import type { FlagValues } from '../flags/flag-values.ts'
import { LOG_FORMATS } from '../logger.ts'
import { sentinelIn } from '../flags/sentinel-flag.ts'
import { SECRET_FLAG } from '../flags/secret-flag.ts'

type Defaults = typeof relayDefaults
type NumberOption = {
  [Name in keyof Defaults]: Defaults[Name] extends number ? Name : never
}[keyof Defaults]

interface Row {
  readonly option: NumberOption
  readonly group: 'Limits' | 'Times'
  readonly help: string
  /** @default 1 */
  readonly least?: number
}

// Timers count no further.
const MOST = 2 ** 31 - 1

/** The relay's numbers; their flags are called as they are. */
const ROWS: readonly Row[] = [
  {
    option: 'maxConnections',
    group: 'Limits',
    help: 'streams, requests and WebSockets at a time; 0 is no limit',
    least: 0,
  },
  {
    option: 'maxConnectionsPerAddress',
    group: 'Limits',
    help: 'the same of one address, of IPv6 of one /64; 0 is no limit',
    least: 0,
  },
  {
    option: 'maxViewersPerStream',
    group: 'Limits',
    help: 'viewers of one stream at a time; 0 is no limit',
    least: 0,
  },
  {
    option: 'maxEventBytes',
    group: 'Limits',
    help: 'a larger event is replaced by a relay.error',
  },
  {
    option: 'ringBytes',
    group: 'Limits',
    help: 'bytes of a stream that are kept at hand for its viewers',
  },
  {
    option: 'maxTotalRingBytes',
    group: 'Limits',
    help: 'the same of all streams together',
  },
  {
    option: 'maxCatchUps',
    group: 'Limits',
    help: 'reads at a time for viewers that come back or lag',
  },
  {
    option: 'readCoalesceMs',
    group: 'Times',
    help: 'while events come faster than this, a stream is read once in that time',
    least: 0,
  },
  {
    option: 'heartbeatMs',
    group: 'Times',
    help: 'a connection silent for this long gets a comment',
    least: 1000,
  },
  {
    option: 'startTimeoutMs',
    group: 'Times',
    help: 'how long a stream without a log is waited for',
  },
  {
    option: 'slowMs',
    group: 'Times',
    help: 'a viewer that takes less than 64 KiB in this time is sent away, to come back',
    least: 1000,
  },
  {
    option: 'maxConnectionMs',
    group: 'Times',
    help: 'longest time of a connection, for platforms that cut them off; 0 is no limit',
    least: 0,
  },
  {
    option: 'lingerMs',
    group: 'Times',
    help: 'how long a stream is followed after its last viewer has left',
    least: 0,
  },
  {
    option: 'pollMs',
    group: 'Times',
    help: 'mean time between two reads of an idle stream',
    least: 1000,
  },
]

/** The flags of a relay. */
export const RELAY_FLAGS: Flags = {
  ...SERVER_FLAGS,
  'admin-port': {
    value: 'N',
    env: 'FRAMEWISE_ADMIN_PORT',
    help: 'port for /metrics and health alone, at the same host; without it /metrics is on the main port',
    group: 'Server',
    check: checkPort,
  },
  sentinel: {
    value: 'NAME@NODES',
    env: 'FRAMEWISE_SENTINEL',
    help: 'master and Sentinels that name it, as mymaster@host:26379,host:26379; --redis gives user, password and TLS',
    group: 'Redis',
    check: (text) => void sentinelIn(text),
  },
  'sentinel-user': {
    value: 'TEXT',
    env: 'FRAMEWISE_SENTINEL_USER',
    help: 'user of the Sentinels, where they want one; that of the master is in --redis',
    group: 'Redis',
  },
  'sentinel-password': {
    value: 'TEXT',
    env: 'FRAMEWISE_SENTINEL_PASSWORD',
    help: 'password of the Sentinels; better by its variable, since others can read flags',
    group: 'Redis',
  },
  cluster: {
    env: 'FRAMEWISE_CLUSTER',
    help: '--redis is a node of a Redis Cluster, or several, separated by commas',
    group: 'Redis',
    check: yesOrNo,
  },
  keys: {
    value: 'NAME=TEXT',
    many: true,
    env: 'FRAMEWISE_KEYS',
    help: `names in Redis that are not Suna's: ${Object.keys(sunaNames).join(', ')}; as list=runs:{id}:events`,
    group: 'Redis',
    check: (text, label) => void keysIn(text, label),
  },
  secret: { ...SECRET_FLAG['secret'], group: 'Who may read' } as Flag,
  'trust-proxy': {
    value: 'NETWORKS',
    env: 'FRAMEWISE_TRUST_PROXY',
    help: 'proxies whose X-Forwarded-For is believed, as 10.0.0.0/8, separated by commas',
    group: 'Who may read',
    check: asIn((networks) => createClientAddress(listIn(networks))),
  },
  ...Object.fromEntries(ROWS.map((row) => [flagOf(row.option), toFlag(row)])),
  lab: {
    env: 'FRAMEWISE_LAB',
    help: 'also replay recordings from memory or Redis, at /lab; on loopback only',
    group: 'Server',
    check: yesOrNo,
  },
  'drain-ms': {
    value: 'N',
    env: 'FRAMEWISE_DRAIN_MS',
    default: '10000',
    help: 'time over which viewers are sent away after SIGTERM; 0 ends at once, as Ctrl-C does',
    group: 'Times',
    check: integerFrom(0, MOST),
  },
  'log-format': {
    value: 'NAME',
    env: 'FRAMEWISE_LOG_FORMAT',
    default: 'text',
    help: 'text, or json: one object a line',
    group: 'Logs',
    check: oneOf(LOG_FORMATS),
  },
}

/** The relay's options that flags give. */
export function relayOptionsIn(flags: FlagValues): Partial<RelayOptions> {
  return {
    ...Object.fromEntries(ROWS.map(({ option }) => [option, flags.integer(flagOf(option))])),
    trustProxy: listIn(flags.text('trust-proxy') ?? ''),
  }
}

/**
 * Names in Redis, as flags give them.
 * @throws Error for a name that there is not, and for a text without its value
 */
export function keysIn(text = '', label = '--keys'): Partial<RedisNames> {
  const names = Object.keys(sunaNames)
  const entries = listIn(text).map((part) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(part) ?? []
    if (!names.includes(name) || value === '') {
      throw new Error(`${label} must be NAME=TEXT with ${names.join(', ')}, got "${part}"`)
    }
    if (name === 'field' || value.includes('{id}')) return [name, value]
    throw new Error(
      `${label}: ${name} must say where the id of a stream goes, by {id}; got "${value}"`,
    )
  })
  return Object.fromEntries(entries)
}

function toFlag({ option, group, help, least = 1 }: Row): Flag {
  const env = `FRAMEWISE_${flagOf(option).toUpperCase().replaceAll('-', '_')}`
  const check = integerFrom(least, MOST)
  return { value: 'N', env, default: String(relayDefaults[option]), help, group, check }
}

function flagOf(option: NumberOption): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
