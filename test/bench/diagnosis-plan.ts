// Which runs the bench of verdicts plays: every fault in its layouts and seeds; other ways to read the same stream; two
// faults at once. Pure.
import { createSeededRandom } from '../../src/testing/seeded-random.ts'
import { FAULTS, type InjectedFault, type Layout } from './diagnosis-faults.ts'

/** How the page reads: as most do, in a Worker, over a WebSocket, without the relay's stamps, on a processor 4× slower. */
export type Arm = 'page' | 'worker' | 'websocket' | 'no timing' | 'throttled'

/** One run to play. */
export interface PlannedRun {
  /** Its row in the matrix. */
  readonly name: string
  readonly fault: InjectedFault
  readonly layout: Layout
  readonly arm: Arm
  readonly seed: number
  readonly strength: number
}

// What each arm can show beside what the page's own has shown. Without the relay's stamps nobody can tell who is slow
// before the page; on a slow processor a healthy page may rightly be bound by its own rendering.
const ARMS: Readonly<Record<Exclude<Arm, 'page'>, readonly string[]>> = {
  worker: ['none', 'network latency and jitter', 'heavy React render', 'other main-thread work'],
  websocket: ['none', 'slow model', 'network latency and jitter'],
  'no timing': ['none', 'slow model', 'slow Redis reads', 'heavy React render'],
  throttled: ['none', 'heavy React render', 'other main-thread work'],
}
const BEFORE_THE_PAGE = ['slow Redis reads']
const SLOWED = ['none']

const PAIRS: readonly (readonly [string, string])[] = [
  ['slow model', 'heavy React render'],
  ['slow model', 'slow Redis reads'],
  ['bursty model', 'network latency and jitter'],
  ['awaiting writer', 'network latency and jitter'],
  ['awaiting writer', 'other main-thread work'],
  ['slow Redis reads', 'network latency and jitter'],
  ['slow Redis reads', 'heavy layout'],
  ['overloaded relay', 'heavy parsing'],
  ['heavy React render', 'other main-thread work'],
  ['tiny chunks, rendered one by one', 'buffering proxy'],
]

const named = (name: string): InjectedFault => {
  const fault = FAULTS.find((one) => one.name === name)
  if (fault === undefined) throw new TypeError(`expected a fault, got ${name}`)
  return fault
}

/** How strong a seed's faults are: 0.8 to 1.6. */
export function strengthOf(seed: number): number {
  return 0.8 + 0.8 * createSeededRandom(seed).next()
}

/** Every fault in its layouts, with one seed. */
export function runsOf(seed: number): readonly PlannedRun[] {
  const strength = strengthOf(seed)
  return FAULTS.flatMap((fault) =>
    fault.layouts.map((layout): PlannedRun => {
      return { name: fault.name, fault, layout, arm: 'page', seed, strength }
    }),
  )
}

/** The other ways to read, with one seed. */
export function armsOf(seed: number): readonly PlannedRun[] {
  const strength = strengthOf(seed)
  return (Object.keys(ARMS) as (keyof typeof ARMS)[]).flatMap((arm) =>
    ARMS[arm].map((name): PlannedRun => {
      const fault = { ...named(name), ...allowedIn(arm, named(name)) }
      return { name: `${name} (${arm})`, fault, layout: 'stream', arm, seed, strength }
    }),
  )
}

function allowedIn(arm: Arm, { name, right }: InjectedFault): Partial<InjectedFault> {
  if (arm === 'no timing' && BEFORE_THE_PAGE.includes(name)) {
    return { right: [...right, 'unknown'], isKnowable: false }
  }
  if (arm === 'throttled' && SLOWED.includes(name)) {
    return { right: [...right, 'render-bound', 'paint-bound'] }
  }
  return {}
}

/** Two faults at once: either is right. */
export function pairsOf(seed: number): readonly PlannedRun[] {
  return PAIRS.map(([one, other], index): PlannedRun => {
    const fault = both(named(one), named(other))
    const layout = index % 2 === 0 || fault.layouts.length === 1 ? 'stream' : 'list'
    const strength = strengthOf(seed + index)
    return { name: 'two at once', fault, layout, arm: 'page', seed: seed + index, strength }
  })
}

function both(one: InjectedFault, other: InjectedFault): InjectedFault {
  return {
    ...one,
    ...other,
    name: `${one.name} + ${other.name}`,
    right: [...one.right, ...other.right],
    layouts: one.layouts.length < other.layouts.length ? one.layouts : other.layouts,
    isKnowable: one.isKnowable && other.isKnowable,
    page: (strength) => ({ ...one.page?.(strength), ...other.page?.(strength) }),
  }
}

/** The faults whose strength is halved until they are no longer found. */
export const SWEPT: readonly InjectedFault[] = FAULTS.filter(({ told }) => told !== undefined)
