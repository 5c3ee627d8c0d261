// Whether Redis may throw a live run away, or refuse to take the next event: policy × room × the time that live runs
// have left. The policy alone says nothing: with room, none of them ever acts.
import { bytesText, timeText } from './finding.ts'
import type { Finding, Rating } from './finding.ts'
import { numberIn } from './info.ts'
import type { ServerFacts } from './server-facts.ts'

/** What it depends on. */
export interface EvictionFacts {
  readonly policy: string
  readonly usedBytes: number
  /** 0 for no limit. */
  readonly maxBytes: number
  /** Keys evicted while it was looked at. */
  readonly evictedNow: number
  /** Keys evicted since the server started. */
  readonly evicted: number
  /** Shortest time that a live run has left, in ms; null where none has any or none is known. */
  readonly shortestTtlMs: number | null
}

/** Part of the limit from which on Redis evicts or refuses at any moment. */
const FULL = 0.95
const NEARLY_FULL = 0.8

/** Reads the facts; null where the server does not tell. */
export function evictionFacts(
  facts: ServerFacts,
  later: ReadonlyMap<string, string>,
  shortestTtlMs: number | null,
): EvictionFacts | null {
  const { info, config } = facts
  const policy = config.get('maxmemory-policy') ?? info.get('maxmemory_policy')
  const usedBytes = numberIn(info, 'used_memory')
  const maxBytes = numberIn(info, 'maxmemory')
  if (policy === undefined || usedBytes === null || maxBytes === null) return null
  const evicted = numberIn(info, 'evicted_keys') ?? 0
  const evictedNow = Math.max(0, (numberIn(later, 'evicted_keys') ?? evicted) - evicted)
  return { policy, usedBytes, maxBytes, evicted, evictedNow, shortestTtlMs }
}

/** Rates them. */
export function rateEviction(facts: EvictionFacts): Finding {
  const { policy, usedBytes, maxBytes } = facts
  const share = maxBytes === 0 ? 0 : usedBytes / maxBytes
  const isFull = share >= FULL || facts.evictedNow > 0
  const rating = ratingOf(policy, isFull, share)
  const room =
    maxBytes === 0
      ? 'no limit is set'
      : `${bytesText(usedBytes)} of ${bytesText(maxBytes)} are used (${Math.round(share * 100)} %)`
  const past = facts.evicted > 0 ? ` ${facts.evicted} keys were evicted since the start.` : ''
  return {
    id: 'eviction-policy',
    value: policy,
    unit: '',
    rating,
    why: `${capital(room)}. ${meaning(facts, isFull)}${past}`,
    advice: rating === 'good' ? '' : advice(policy, isFull),
  }
}

// Dragonfly and Upstash have names of their own; what they evict is not known here.
const isKnown = (policy: string): boolean => /^(noeviction|(allkeys|volatile)-\w+)$/.test(policy)

function ratingOf(policy: string, isFull: boolean, share: number): Rating {
  if (isFull) return isKnown(policy) ? 'poor' : 'needs-work'
  if (share >= NEARLY_FULL) return 'needs-work'
  return policy.startsWith('allkeys') && share > 0 ? 'needs-work' : 'good'
}

function meaning({ policy, shortestTtlMs }: EvictionFacts, isFull: boolean): string {
  const when = isFull ? 'now' : 'once it is full'
  if (policy === 'noeviction') {
    return `Redis refuses every write ${when}: the run goes on and nobody sees the rest.`
  }
  if (policy.startsWith('allkeys')) {
    return `Redis may drop any key ${when}, a run that is being watched among them: viewers see a gap.`
  }
  if (policy === 'volatile-ttl') {
    const left = shortestTtlMs === null ? '' : ` (${timeText(shortestTtlMs)} for the next one here)`
    return `Redis drops the keys with the least time left ${when}: short TTLs${left} make the live runs go first.`
  }
  if (policy.startsWith('volatile')) {
    return `Redis may drop any key that has a TTL ${when}, and runs have one; without any it refuses writes.`
  }
  return 'The vendor’s own policy: ask its documentation whether keys with a TTL go first.'
}

function advice(policy: string, isFull: boolean): string {
  const room = 'Make room first: shorter TTLs on runs that have ended, or more memory.'
  if (policy === 'noeviction') return `${room} Writes are taken again as soon as there is some.`
  const own =
    'Keep runs in a Redis of their own with noeviction and an alarm at 80 % of memory: no run is dropped, and what is ' +
    'refused is told.'
  return isFull ? `${room} ${own}` : own
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
