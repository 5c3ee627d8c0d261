// Which server it is, and what is known of the offer it comes from.
import { hostOf } from './vendor.ts'
import { vendorOf } from './vendor.ts'
import type { Finding } from './finding.ts'
import type { ServerFacts } from './server-facts.ts'

/** Sections of INFO that the checks live on, by a field of each. */
const SECTIONS: Readonly<Record<string, string>> = {
  Server: 'redis_version',
  Clients: 'connected_clients',
  Memory: 'used_memory',
  Persistence: 'aof_enabled',
  Stats: 'evicted_keys',
  Replication: 'role',
  CPU: 'used_cpu_sys',
}

/** Rates version and vendor. */
export function rateServer({ info, noInfo }: ServerFacts, url: string): Finding {
  const vendor = vendorOf(info, hostOf(url))
  const version = info.get('valkey_version') ?? info.get('redis_version')
  const base = { id: 'server', unit: '', value: [vendor.name, version].filter(Boolean).join(' ') }
  if (noInfo !== null) {
    return {
      ...(base as Pick<Finding, 'id' | 'unit' | 'value'>),
      value: vendor.isGuess ? null : base.value,
      rating: noInfo.rating,
      why: `INFO: ${noInfo.said}. ${vendor.limits}`.trim(),
      advice: 'Let this user ask INFO (ACL: +info), for the time of the examination.',
    }
  }
  const absent = absentSections(info)
  const old = version !== undefined && Number.parseInt(version, 10) < 6
  return {
    ...(base as Pick<Finding, 'id' | 'unit' | 'value'>),
    rating: old ? 'needs-work' : absent.length > 0 ? 'not-reported' : 'good',
    why: [
      absent.length > 0
        ? `INFO leaves out ${absent.join(', ')}: what they tell cannot be judged from here.`
        : '',
      old
        ? 'Before version 6 there is neither RESP3 nor CLIENT TRACKING: the relay polls and listens for doorbells.'
        : '',
      vendor.limits,
    ]
      .filter(Boolean)
      .join(' '),
    advice: old
      ? 'Upgrade to Redis 7 or Valkey 8.'
      : absent.length > 0
        ? 'Look at memory, evictions and persistence in the vendor’s console.'
        : '',
  }
}

function absentSections(info: ReadonlyMap<string, string>): string[] {
  return Object.entries(SECTIONS)
    .filter(([, field]) => !info.has(field))
    .map(([name]) => name)
}
