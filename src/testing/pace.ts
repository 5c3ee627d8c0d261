// When each event of a run is due, open loop: by the clock, never by how fast the last write was.
import { createSeededRandom } from './seeded-random.ts'

// A burst is this many events at once; between bursts models think, now and then for long.
const BURST_EVENTS = 24
const LONG_PAUSE_EVERY = 9

/**
 * Due times at a steady rate: event i is due `i / rate` seconds after the start.
 * @param rate events per second, above 0
 * @returns milliseconds since the start, one for each event
 * @throws RangeError for a rate that is not above 0
 */
export function pace(events: { readonly length: number }, rate: number): readonly number[] {
  checkRate(rate)
  return Array.from({ length: events.length }, (_, index) => (index * 1000) / rate)
}

/**
 * Due times in bursts and pauses with the same mean rate, as models and networks really deliver.
 * @param rate mean events per second, above 0
 * @param seed the same seed gives the same rhythm @default 1
 * @returns milliseconds since the start, never falling
 * @throws RangeError for a rate that is not above 0
 */
export function burstyPace(
  events: { readonly length: number },
  rate: number,
  seed = 1,
): readonly number[] {
  checkRate(rate)
  const random = createSeededRandom(seed)
  const weights = Array.from({ length: events.length }, (_, index) => {
    if (index === 0) return 0
    if (index % (BURST_EVENTS * LONG_PAUSE_EVERY) === 0) return 60 + 60 * random.next()
    if (index % BURST_EVENTS === 0) return 8 + 16 * random.next()
    return random.next() < 0.5 ? 0 : random.next()
  })
  const scale = (events.length * 1000) / rate / Math.max(1, sum(weights))
  let due = 0
  return weights.map((weight) => round((due += weight * scale)))
}

function checkRate(rate: number): void {
  if (!(rate > 0) || rate === Infinity) {
    throw new RangeError(`pace: rate must be a number of events per second above 0, got ${rate}`)
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, item) => total + item, 0)

// Recordings hold these; a tenth of a millisecond is finer than any timer that plays them.
const round = (ms: number): number => Math.round(ms * 10) / 10
