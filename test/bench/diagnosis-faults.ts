// The faults that are put into a real page, a real relay and a real Redis, and what may be answered to each. All of them
// grow with `strength`, which is around 1.
import type { VerdictKind } from '../../src/metrics/index.ts'
import type { Fault as WireFault } from '../support/tcp-proxy.ts'
import type { DiagnosedRun } from './page/diagnosed.tsx'

/** Where the relay reads from. */
export type Layout = 'stream' | 'list'

/** One fault. */
export interface InjectedFault {
  readonly name: string
  readonly right: readonly VerdictKind[]
  readonly layouts: readonly Layout[]
  /** True where stamps exist that tell it, or none are needed: `unknown` is then counted against it. */
  readonly isKnowable: boolean
  /** What a strength means, for the table of the smallest that is found; undefined where it means nothing. */
  readonly told?: (strength: number) => string
  /** Time to the next chunk, ms. @default an even 20 */
  readonly gapMs?: (index: number, random: () => number, strength: number) => number
  readonly chars?: number
  /** One way from the writer to Redis, ms. */
  readonly writerMs?: (strength: number) => number
  /** The writer waits for each write. */
  readonly awaits?: boolean
  /** Between relay and Redis, and between page and relay. */
  readonly toRedis?: (strength: number) => WireFault
  readonly toRelay?: (strength: number) => WireFault
  /** The wire to the page brings nothing for so many ms, again and again, and then all at once. */
  readonly gatherMs?: (strength: number) => number
  /** The relay's thread is at work for so many ms, again and again, with 20 ms in between. */
  readonly relayMs?: (strength: number) => number
  /** Nobody can see the page. */
  readonly isHidden?: boolean
  readonly page?: (strength: number) => Partial<DiagnosedRun>
}

const BOTH: readonly Layout[] = ['stream', 'list']
const ONE: readonly Layout[] = ['stream']
const FAR_MS = 77.5
const ms = (value: number): string => `${Math.round(value)} ms`

// One, two or three round trips, by the seed's strength.
const tripsOf = (strength: number): number => Math.min(3, 1 + Math.floor((strength - 0.8) / 0.27))

const NONE: InjectedFault = { name: 'none', right: ['healthy'], layouts: BOTH, isKnowable: true }

const AWAITING: InjectedFault = {
  ...NONE,
  name: 'awaiting writer',
  right: ['write-bound'],
  told: (strength) => `round trips of ${ms(2 * FAR_MS * strength)}`,
  writerMs: (strength) => FAR_MS * strength,
  awaits: true,
  page: () => ({ stamped: true }),
}

const PAUSING: InjectedFault = {
  ...NONE,
  name: 'model pauses k round trips',
  right: ['model-bound'],
  gapMs: (_, random, strength) => 2 * FAR_MS * tripsOf(strength) + 8 * random(),
  writerMs: () => FAR_MS,
  page: () => ({ stamped: true }),
}

const unstamped = (fault: InjectedFault): InjectedFault => {
  const { page: _, told: __, ...rest } = fault
  return { ...rest, name: `${fault.name}, not stamped`, right: ['unknown'], isKnowable: false }
}

/** All of them. */
export const FAULTS: readonly InjectedFault[] = [
  NONE,
  {
    ...NONE,
    name: 'slow model',
    right: ['model-bound'],
    told: (strength) => `pauses of ${ms(150 * strength)} to ${ms(450 * strength)}`,
    gapMs: (_, random, strength) => strength * (150 + 300 * random()),
    page: () => ({ stamped: true }),
  },
  {
    ...NONE,
    name: 'bursty model',
    right: ['model-bound'],
    told: (strength) => `${ms(400 * strength)} to ${ms(800 * strength)} between bursts`,
    gapMs: (index, random, strength) => (index % 12 === 0 ? strength * (400 + 400 * random()) : 8),
    page: () => ({ stamped: true }),
  },
  {
    name: 'tiny chunks, rendered one by one',
    right: ['chunking-bound', 'render-bound'],
    layouts: ONE,
    isKnowable: true,
    told: (strength) => `${Math.round(400 * strength)} events/s of 1 character`,
    gapMs: (_, __, strength) => 2.5 / strength,
    chars: 1,
    page: () => ({ perEvent: true, renderMs: 1.2 }),
  },
  AWAITING,
  unstamped(AWAITING),
  PAUSING,
  unstamped(PAUSING),
  {
    ...NONE,
    name: 'slow Redis reads',
    right: ['redis-bound'],
    told: (strength) => `${ms(120 * strength)} a read`,
    toRedis: (strength) => ({ latencyMs: 60 * strength }),
  },
  {
    ...NONE,
    name: 'overloaded relay',
    right: ['relay-bound'],
    told: (strength) => `at work for ${ms(150 * strength)}, 20 ms off`,
    relayMs: (strength) => 150 * strength,
  },
  {
    ...NONE,
    name: 'network latency and jitter',
    right: ['network-bound'],
    told: (strength) => `${ms(60 * strength)} and up to ${ms(300 * strength)} more`,
    toRelay: (strength) => ({ latencyMs: 60 * strength, jitterMs: 300 * strength }),
  },
  {
    ...NONE,
    name: 'buffering proxy',
    right: ['network-bound'],
    told: (strength) => `gathers for ${ms(600 * strength)}`,
    gatherMs: (strength) => 600 * strength,
  },
  {
    name: 'heavy parsing',
    right: ['parse-bound'],
    layouts: ONE,
    isKnowable: true,
    told: (strength) => `${(12 * strength).toFixed(1)} ms an event, 50 events/s`,
    page: (strength) => ({ parseMs: 12 * strength }),
  },
  {
    name: 'heavy React render',
    right: ['render-bound'],
    layouts: ONE,
    isKnowable: true,
    told: (strength) => `${ms(40 * strength)} a render`,
    page: (strength) => ({ renderMs: 40 * strength }),
  },
  {
    name: 'heavy layout',
    right: ['paint-bound'],
    layouts: ONE,
    isKnowable: true,
    told: (strength) => `${Math.round(4000 * strength)} boxes a flush`,
    page: (strength) => ({ boxes: Math.round(4000 * strength) }),
  },
  {
    name: 'other main-thread work',
    right: ['other-script-bound'],
    layouts: ONE,
    isKnowable: true,
    told: (strength) => `tasks of ${ms(80 * strength)}, as long as half of one apart`,
    page: (strength) => ({ scriptMs: 80 * strength }),
  },
  {
    name: 'hidden tab',
    right: ['unknown', 'healthy'],
    layouts: ONE,
    isKnowable: false,
    isHidden: true,
  },
]
