// Verdicts about what lies before the page. Each takes what its stage costs a chunk beyond what the clocks leave open: a
// value within its bound is none. Main-thread delay never counts as the network's.
import type { Facts, Values } from './facts.ts'
import { ahead, beyond, enough } from './confidence.ts'
import { evidence } from './evidence.ts'
import type { Evidence, Verdict } from './verdict.ts'

/** Time that each stage before the page costs a chunk, ms; 0 where nothing is known or nothing can be said. */
export interface Way {
  readonly write: number
  readonly redis: number
  readonly relay: number
  readonly network: number
  /** Between chunks, on average: a burst is no fast model. */
  readonly gap: number
  /** From arrival to paint. */
  readonly page: number
}

// Values for a proof.
const EVENTS = 20
const BASE = 0.95
// A relay that is busy reads its store late: from here the two look the same.
const REDIS_BASE = 0.78
// Few late reads of many are the machine's as often as Redis'.
const TAIL_BASE = 0.55
// Besides the once that is taken out of an inferred network already.
const LATE_TIMES = 2

/** How far the producer's time ran slower than the relay's, or else the page's, between the same chunks, ms. */
export function fallenBehind({ produced, producedBy, sent, arrived }: Facts): number {
  const came = sent ?? arrived
  // Rings that forget would compare different stretches of time.
  if (producedBy !== 'payload' || produced === null || came === null) return 0
  if (produced.count > 2000 || came.count < 8) return 0
  return Math.max(0, came.sum - produced.sum)
}

const meanOf = ({ sum, count }: Values): number => sum / count
const spreadOf = ({ p95, min }: Values): number => Math.max(0, p95 - min)

function redisMs(facts: Facts): number {
  const { limits } = facts
  const ms = slowestReadMs(facts)
  // Few late reads of many are felt no sooner than a relay that is late.
  return isSteady(facts) || ms > limits.relayMs ? ms : 0
}

function isSteady({ limits, stages: { redis } }: Facts): boolean {
  return redis !== null && redis.p50 - (redis.boundMs ?? 0) > limits.redisMs
}

function slowestReadMs({ stages, producedBy }: Facts): number {
  const { redis, write } = stages
  if (redis === null) return 0
  if (redis.boundMs !== null) return Math.max(0, redis.p95 - redis.boundMs)
  // By entry ids, of a clock that nobody compared: only changes count. Without, it is the read alone, on one clock.
  return producedBy === 'entry' || write !== null ? spreadOf(redis) : Math.max(0, redis.p95)
}

// A read waits for the thread that takes it; of a page that is late, more than once: in its pipe, and for its turn.
function lateReadMs({ stages, lag }: Facts): number {
  if (lag === null || stages.network?.source === 'bounded') return 0
  return Math.max(lag.max, LATE_TIMES * lag.p95)
}

function networkMs(facts: Facts): number {
  const { stages, rttMs } = facts
  const { network } = stages
  if (network === null) return 0
  // What changes is real whatever the offset is; and half a round trip was measured on one clock.
  const ms = Math.max(wireMs(facts), network.p95 - network.min, (rttMs ?? 0) / 2)
  return Math.max(0, ms - lateReadMs(facts))
}

/** From relay to page beyond the clocks' bound, ms; it may be the page's own delay. */
export function wireMs({ stages: { network } }: Facts): number {
  return network === null ? 0 : Math.max(0, network.p95 - (network.boundMs ?? network.p95))
}

/** What the stages between store and page take together, ms; a network that may be the page's own delay is in it. */
export function upstreamMs(facts: Facts): number {
  const relay = Math.max(0, facts.stages.relay?.p95 ?? 0)
  return redisMs(facts) + relay + Math.max(wireMs(facts), networkMs(facts))
}

function writeMs(facts: Facts): number {
  const { write } = facts.stages
  const behind = fallenBehind(facts)
  if (write !== null) return facts.producedBy === 'payload' ? spreadOf(write) : 0
  // A list says nothing of when it was written: what falls behind and is in no other stage is the write's.
  const others = redisMs(facts) + (facts.stages.relay?.p95 ?? Infinity) + networkMs(facts)
  return facts.stages.redis !== null && behind > 2 * facts.limits.writeMs + others ? behind : 0
}

/** What each stage costs a chunk. */
export function wayOf(facts: Facts): Way {
  const { stages, produced, eventsPerSecond, lateMs } = facts
  return {
    write: writeMs(facts),
    redis: redisMs(facts),
    relay: Math.max(0, stages.relay?.p95 ?? 0),
    network: networkMs(facts),
    // Reads that bring several chunks at once are further apart than the chunks.
    gap: produced === null ? 1000 / Math.max(eventsPerSecond, 0.001) : meanOf(produced),
    page: lateMs ?? 0,
  }
}

type ServerStage = 'write' | 'redis' | 'relay' | 'network'

const ADVICE: Readonly<Record<ServerStage, string>> = {
  write:
    'Do not await each write: send on while earlier ones are under way (framewise/writer does).',
  redis: 'Bring relay and Redis together, and look at its slow log and at what else it does.',
  relay:
    'Give the relay less to do or more processes, and look at its event loop and viewers’ backlogs.',
  network:
    'Look at what stands between relay and page: proxies that buffer, distance, a poor link.',
}

/** The stages that are the trouble, the costliest first. */
export function serverVerdicts(facts: Facts): readonly Verdict[] {
  const way = wayOf(facts)
  const least: Readonly<Record<ServerStage, number>> = {
    write: facts.limits.writeMs,
    redis: facts.limits.redisMs,
    relay: facts.limits.relayMs,
    network: facts.limits.networkMs,
  }
  const total = Object.values(way).reduce((sum, ms) => sum + ms, 0)
  return (Object.keys(least) as ServerStage[])
    .filter((name) => way[name] > least[name] && way[name] / total >= facts.limits.wayShare)
    .filter((name) => name !== 'redis' || way.relay < way.redis / 2)
    .toSorted((one, other) => way[other] - way[one])
    .map((name) => serverVerdict(facts, way, name, least[name], total))
}

function serverVerdict(
  facts: Facts,
  way: Way,
  name: ServerStage,
  least: number,
  total: number,
): Verdict {
  const { stages, limits } = facts
  const ms = way[name]
  const stage = stages[name]
  const rival = Math.max(...Object.entries(way).map(([one, theirs]) => (one === name ? 0 : theirs)))
  const redisBase = isSteady(facts) ? REDIS_BASE : TAIL_BASE
  const base = name === 'redis' ? redisBase : stage === null ? 0.75 : BASE
  // The change of an inferred value is as good as a measurement; its size is not, and less so in a page that is late.
  const inferred = facts.isLate || facts.busy > limits.stageShare ? 0.75 : 0.85
  const known = stage?.source === 'inferred' && name === 'network' ? inferred : 1
  const counted = enough(stage?.count ?? facts.produced?.count ?? 0, EVENTS)
  const margin = Math.min(beyond(ms, least), beyond(ms / total, limits.wayShare))
  // A page that does not keep up makes a relay wait.
  const doubt = name === 'relay' && facts.isLate ? 0.7 : 1
  return {
    kind: `${name}-bound`,
    share: ms / total,
    confidence: base * known * counted * margin * doubt * ahead(ms, rival),
    evidence: evidenceOf(facts, name, ms, least),
    advice: ADVICE[name],
    gain: gainOf(facts, name, ms),
  }
}

function evidenceOf(
  { stages, rttMs, arrived, produced }: Facts,
  name: ServerStage,
  ms: number,
  least: number,
): readonly Evidence[] {
  const stage = stages[name]
  return [
    evidence(`${name}, beyond doubt`, ms, 'ms', least),
    evidence(`stages.${name}.p50`, stage?.p50, 'ms'),
    evidence(`stages.${name}.p95`, stage?.p95, 'ms'),
    evidence(`stages.${name}.boundMs`, stage?.boundMs, 'ms'),
    evidence('round trip to the relay', name === 'network' ? rttMs : null, 'ms'),
    evidence('gaps.produced.p50', name === 'write' ? produced?.p50 : null, 'ms'),
    evidence('gaps.arrived.p50', name === 'write' ? arrived?.p50 : null, 'ms'),
  ].flat()
}

function gainOf(facts: Facts, name: ServerStage, ms: number): Verdict['gain'] {
  const { produced, arrived, eventsPerSecond } = facts
  const stretched = arrived === null || produced === null || eventsPerSecond === 0
  const perChunk =
    name !== 'write' || stretched ? ms : Math.max(0, fallenBehind(facts) / produced.count)
  return {
    text: `up to ${Math.round(perChunk)} ms for each chunk`,
    value: perChunk,
    unit: 'ms/chunk',
    computed:
      name === 'write'
        ? '(gaps as sent, or arrived, − as produced) / events between'
        : `${name} p95 beyond its bound`,
  }
}
