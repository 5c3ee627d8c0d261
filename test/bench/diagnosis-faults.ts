// The faults that are put into a real page, a real relay and a real Redis, and what may be answered to each.
import type { VerdictKind } from '../../src/metrics/index.ts'
import type { Fault as WireFault } from '../support/tcp-proxy.ts'
import type { DiagnosedRun } from './page/diagnosed.tsx'

/** Where the relay reads from. */
export type Layout = 'stream' | 'list'

/** One fault. `strength` is around 1. */
export interface InjectedFault {
  readonly name: string
  readonly right: readonly VerdictKind[]
  readonly layouts: readonly Layout[]
  /** True where producer stamps exist, or none are needed: `unknown` is then counted against it. */
  readonly isKnowable: boolean
  /** Time to the next chunk, ms. @default an even 20 */
  readonly gapMs?: (index: number, random: () => number, strength: number) => number
  readonly chars?: number
  /** One way from the writer to Redis, ms, and whether it awaits each write. */
  readonly writer?: { readonly oneWayMs: number; readonly awaits: boolean }
  /** Between relay and Redis, and between page and relay. */
  readonly toRedis?: (strength: number) => WireFault
  readonly toRelay?: (strength: number) => WireFault
  /** The wire to the page brings nothing for so many ms, again and again, and then all at once. */
  readonly gatherMs?: number
  readonly page?: (strength: number) => Partial<DiagnosedRun>
}

const BOTH: readonly Layout[] = ['stream', 'list']
const ONE: readonly Layout[] = ['stream']
const FAR_MS = 77.5

/** All of them. */
export const FAULTS: readonly InjectedFault[] = [
  { name: 'none', right: ['healthy'], layouts: BOTH, isKnowable: true },
  {
    name: 'slow model',
    right: ['model-bound'],
    layouts: BOTH,
    isKnowable: true,
    gapMs: (_, random, strength) => strength * (150 + 300 * random()),
    page: () => ({ stamped: true }),
  },
  {
    name: 'bursty model',
    right: ['model-bound'],
    layouts: BOTH,
    isKnowable: true,
    gapMs: (index, random, strength) => (index % 12 === 0 ? strength * (400 + 400 * random()) : 8),
    page: () => ({ stamped: true }),
  },
  {
    name: 'tiny chunks, rendered one by one',
    right: ['chunking-bound', 'render-bound'],
    layouts: ONE,
    isKnowable: true,
    gapMs: (_, __, strength) => 2.5 / strength,
    chars: 1,
    page: () => ({ perEvent: true, work: 'render', amount: 1.2 }),
  },
  {
    name: 'awaiting writer, stamped',
    right: ['write-bound'],
    layouts: BOTH,
    isKnowable: true,
    writer: { oneWayMs: FAR_MS, awaits: true },
    page: () => ({ stamped: true }),
  },
  {
    name: 'awaiting writer, not stamped',
    right: ['unknown'],
    layouts: BOTH,
    isKnowable: false,
    writer: { oneWayMs: FAR_MS, awaits: true },
  },
  {
    name: 'model pauses a round trip, stamped',
    right: ['model-bound'],
    layouts: BOTH,
    isKnowable: true,
    gapMs: (_, random) => 2 * FAR_MS + 8 * random(),
    writer: { oneWayMs: FAR_MS, awaits: false },
    page: () => ({ stamped: true }),
  },
  {
    name: 'model pauses a round trip, not stamped',
    right: ['unknown'],
    layouts: BOTH,
    isKnowable: false,
    gapMs: (_, random) => 2 * FAR_MS + 8 * random(),
    writer: { oneWayMs: FAR_MS, awaits: false },
  },
  {
    name: 'slow Redis reads',
    right: ['redis-bound'],
    layouts: BOTH,
    isKnowable: true,
    toRedis: (strength) => ({ latencyMs: 60 * strength }),
  },
  {
    name: 'network latency and jitter',
    right: ['network-bound'],
    layouts: BOTH,
    isKnowable: true,
    toRelay: (strength) => ({ latencyMs: 60 * strength, jitterMs: 300 * strength }),
  },
  {
    name: 'buffering proxy',
    right: ['network-bound'],
    layouts: ONE,
    isKnowable: true,
    gatherMs: 700,
  },
  {
    name: 'heavy parsing',
    right: ['parse-bound'],
    layouts: ONE,
    isKnowable: true,
    page: (strength) => ({ work: 'parse', amount: 12 * strength }),
  },
  {
    name: 'heavy React render',
    right: ['render-bound'],
    layouts: ONE,
    isKnowable: true,
    page: (strength) => ({ work: 'render', amount: 40 * strength }),
  },
  {
    name: 'heavy layout',
    right: ['paint-bound'],
    layouts: ONE,
    isKnowable: true,
    page: (strength) => ({ work: 'paint', amount: Math.round(4000 * strength) }),
  },
  {
    name: 'other main-thread work',
    right: ['other-script-bound'],
    layouts: ONE,
    isKnowable: true,
    page: (strength) => ({ work: 'script', amount: 80 * strength }),
  },
]
