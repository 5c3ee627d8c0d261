// From samples to stages: how sure each is, what is missing, and whether they add up.
import type { Rate } from '../rate.ts'
import type { Samples } from '../samples.ts'
import type { ClockOffset, MeterSnapshot, Spread, Stage, StageName } from '../snapshot.ts'
import type { ServerStamps } from '../stamps/server-stamps.ts'
import type { Journey, PageStage } from './journey.ts'

/** What stages are made of. */
export interface StageInput {
  readonly journey: Journey
  /** Sum of the ways from arrival to paint. */
  readonly whole: number
  readonly stamps: ServerStamps
  readonly offset: ClockOffset | null
  readonly now: number
  readonly windowMs: number
  /** Events received in the window. */
  readonly events: number
  readonly lag: Spread
  /** Part of the time that pings found the thread busy; null without a ping. */
  readonly busyShare: number | null
}

type InPage = Readonly<Record<PageStage, Stage | null>>
type Reckoned = Pick<MeterSnapshot, 'stages' | 'closing' | 'busy' | 'fineClock' | 'missing'>

// A page that is not isolated has a clock that ticks in steps of so many ms, in Chromium; others' steps are longer.
const COARSE_STEP_MS = 0.1
// Redis tells milliseconds.
const ENTRY_STEP_MS = 1
const NO_STAMPS = 'no stamps of a relay, or none that is live'

/** Reckons all stages of the window. */
export function stagesOf(input: StageInput): Reckoned {
  const { journey, whole, stamps, offset, now, windowMs, events, lag, busyShare } = input
  const { seen } = stamps
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  const fineClock = crossOriginIsolated !== false
  const step = fineClock ? 0 : COARSE_STEP_MS
  const missing: string[] = []
  const stage = (
    name: StageName,
    samples: Samples,
    boundMs: number | null,
    why: string = 'nothing was shown',
    work?: Rate,
  ): Stage | null => {
    const spread = samples.spread(now)
    const ms = work?.sum(now) ?? spread.sum
    if (!(windowMs > 0 && (spread.count > 0 || ms > 0))) {
      missing.push(`${name}: ${why}`)
      return null
    }
    const source = boundMs === null ? 'inferred' : boundMs === 0 ? 'exact' : 'bounded'
    const rate = (spread.count * 1000) / windowMs
    const perEvent = events > 0 ? ms / events : null
    return { ...spread, rate, share: between(ms / windowMs), perEvent, boundMs, source }
  }
  const network = (): Stage | null => {
    const why = offset === null ? 'the relay’s clock is not known' : NO_STAMPS
    const raw = stage('network', stamps.network, offset?.boundMs ?? null, why)
    if (raw === null) return raw
    return seen.worker ? { ...raw, source: 'bounded' } : lessLag(raw, lag)
  }
  const { stages: way, work } = journey
  const booked: Partial<Record<PageStage, Rate>> = work
  const inPage = (name: PageStage): Stage | null =>
    stage(name, way[name], name === 'other' ? null : step, undefined, booked[name])
  const unmade = seen.timing ? stamps.sent : stamps.arrived
  const made = seen.payload || seen.entry ? stamps.produced : unmade
  const storeBoundMs = offset?.storeBoundMs ?? null
  const redisBoundMs = seen.entry && storeBoundMs !== null ? ENTRY_STEP_MS + storeBoundMs : null
  const before = {
    model: stage('model', made, seen.payload ? 0 : null, 'no chunks'),
    write: stage('write', stamps.write, null, 'no payload times beside entry ids'),
    redis: stage('redis', stamps.redis, redisBoundMs, NO_STAMPS),
    relay: stage('relay', stamps.relay, 0, NO_STAMPS),
    network: network(),
  }
  const names = Object.keys(way) as PageStage[]
  const page = Object.fromEntries(names.map((name) => [name, inPage(name)])) as InPage
  const named = Object.values(page).reduce((total, part) => total + (part?.sum ?? 0), 0)
  const worked = Object.values(work).reduce((total, one) => total + one.sum(now), 0)
  const ours = windowMs > 0 ? between(worked / windowMs) : 0
  return {
    stages: { ...before, ...page },
    closing: whole > 0 ? named / whole : null,
    busy: { ours, foreign: busyShare === null ? null : between(busyShare - ours) },
    fineClock,
    missing,
  }
}

// What the page's own thread was late is not the network's. Lateness and transit do not come in the same order: no
// percentile is told below the one before it, nor any below the least that was measured.
function lessLag(raw: Stage, lag: Spread): Stage {
  let least = Math.max(0, raw.min ?? 0)
  const less = (field: 'p50' | 'p95' | 'p99'): number =>
    (least = Math.max(least, (raw[field] ?? 0) - (lag[field] ?? 0)))
  const mean = Math.max(least, (raw.mean ?? 0) - (lag.mean ?? 0))
  return { ...raw, source: 'inferred', mean, p50: less('p50'), p95: less('p95'), p99: less('p99') }
}

const between = (share: number): number => Math.min(1, Math.max(0, share))
