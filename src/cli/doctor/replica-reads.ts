// How far behind a replica is, for readers that would be sent there: what the server tells, and, where a replica can be
// reached from here, what it says itself at the same moment.
import type { Asker } from './asker.ts'
import { replyOf } from './asker.ts'
import { bytesText, quantile } from './finding.ts'
import type { Finding } from './finding.ts'
import { numberIn, parseInfo } from './info.ts'
import type { Info } from './info.ts'

/** Where a replica says that it can be reached. */
export interface ReplicaAddress {
  readonly host: string
  readonly port: number
}

/** Bytes of the master's log that a replica had not yet, sample by sample; null where it cannot be reached. */
export type Staleness = readonly number[] | null

/** The replicas that the server names. */
export function replicasIn(info: Info): ReplicaAddress[] {
  return [...info]
    .filter(([field]) => /^slave\d+$/.test(field))
    .map(([, value]) => ({
      host: /\bip=([^,]+)/.exec(value)?.[1] ?? '',
      port: Number(/\bport=(\d+)/.exec(value)?.[1]),
    }))
    .filter(({ host, port }) => host !== '' && port > 0)
}

const SAMPLES = 10

/** Compares the places of both in the log, some times. */
export async function measureStaleness(master: Asker, replica: Asker): Promise<number[]> {
  const behind: number[] = []
  for (let n = 0; n < SAMPLES; n++) {
    const [at, of] = await Promise.all([placeOf(master), placeOf(replica)])
    if (at !== null && of !== null) behind.push(Math.max(0, at - of))
  }
  return behind
}

async function placeOf({ ask }: Asker): Promise<number | null> {
  const info = parseInfo(String(replyOf(await ask('INFO', 'replication')) ?? ''))
  return numberIn(info, 'slave_repl_offset') ?? numberIn(info, 'master_repl_offset')
}

const FAR_BYTES = 1024 * 1024

/** Rates reading from a replica; null where the server does not tell of replicas. */
export function rateReplicaReads(info: Info, staleness: Staleness): Finding | null {
  if (info.get('role') === undefined) return null
  const base = { id: 'replica-reads', unit: '' } as const
  const replicas = replicasIn(info)
  if (replicas.length === 0) {
    const why =
      info.get('role') === 'slave'
        ? 'This server is itself a replica: what is read here may be behind, and a writer is refused.'
        : 'No replica: every read sees every write.'
    const isReplica = info.get('role') === 'slave'
    return {
      ...base,
      value: isReplica ? 'replica' : 'none',
      rating: isReplica ? 'needs-work' : 'good',
      why,
      advice: isReplica ? 'Read where the writer writes: give the master’s address.' : '',
    }
  }
  if (staleness === null || staleness.length === 0) {
    return {
      ...base,
      value: `${replicas.length} not reachable`,
      rating: 'not-reported',
      why: 'How far behind they are cannot be measured from here.',
      advice: 'Read from the master: the relay does.',
    }
  }
  const p95 = quantile(staleness, 0.95)
  return {
    ...base,
    value: bytesText(p95),
    unit: 'behind, p95',
    rating: p95 < FAR_BYTES ? 'good' : 'needs-work',
    why:
      `Of ${staleness.length} looks at both. Replication answers nobody: a viewer on a replica may miss the tail that ` +
      'another one has seen, and after a failover the tail is gone.',
    advice: p95 < FAR_BYTES ? '' : 'Read from the master: the relay does.',
  }
}
