// The way of events through this page, from a network read to the frame that shows them, taken apart into stages that
// add up: of every frame, its oldest event's way. What is work is booked once: while the thread works on something of
// ours, an event that waits for it is not also waiting for its turn.
import { createRate, type Rate } from '../rate.ts'
import { createSamples, type Samples } from '../samples.ts'
import type { Freshness } from '../snapshot.ts'

/** The stages of the way through the page. */
export type PageStage = 'parse' | 'queue' | 'reduce' | 'react' | 'paint' | 'other'

/** Measures ways. */
export interface Journey {
  /** Time in each stage, of the oldest event of each frame. */
  readonly stages: Readonly<Record<PageStage, Samples>>
  /** Main-thread time, in ms, wherever it was spent. */
  readonly work: Readonly<Record<'parse' | 'reduce' | 'react' | 'paint', Rate>>
  /** Their way in all. */
  readonly total: Samples
  /** From arrival to paint, per read. */
  readonly reads: Samples
  /** A network read came at `at`, was taken apart by `parsedAt`, taken by the page at `takenAt` and decoded. */
  read(at: number, parsedAt: number, takenAt: number, decodedAt: number, events: number): void
  flushed(events: number, startedAt: number, reducedAt: number, committedAt: number): void
  painted(at: number, paintMs: number): void
  /** What was published so far nobody will see at once: its wait for somebody to look is not the stream's. */
  leaveUnseen(): void
  /** Age of the oldest event that waits to be published, in ms. */
  oldestWaiting(now: number): number
  freshness(now: number): Freshness
}

// Reads that are not painted yet, at the most; of older ones the way is not measured. And samples of frames and reads.
const READS = 8192
const FRAMES = 1024
const SAMPLES = 2048
// What is kept of a read: when it came and when the page took it, its last event, work and overrun up to then.
const AT = 0
const TAKEN = 1
const END = 2
const PARSED = 3
const OVERRUN = 4
const PARSE = 5
const REDUCE = 6
const REACT = 7
const FIELDS = 8
const PIECES = 16

/** @param overrun how much frames have come late in all, up to a time */
export function createJourney(windowMs: number, overrun: (at: number) => number): Journey {
  const samples = (): Samples => createSamples(windowMs, FRAMES)
  const stages = {
    parse: samples(),
    queue: samples(),
    reduce: samples(),
    react: samples(),
    paint: samples(),
    other: samples(),
  }
  const rate = (): Rate => createRate(windowMs)
  const work = { parse: rate(), reduce: rate(), react: rate(), paint: rate() }
  const total = samples()
  const newest = samples()
  const pauses = samples()
  const reads = createSamples(windowMs, SAMPLES)
  const ring = new Float64Array(READS * FIELDS)
  // Work up to now, and when the first flush of the next frame began, with the work up to then.
  const done = { parse: 0, reduce: 0, react: 0 }
  const began = { at: NaN, overrun: 0, work: 0 }
  // The last pieces of work: what a task does between a frame's script and its paint is not paint.
  const pieces = new Float64Array(2 * PIECES)
  let piece = 0
  let busyUntil = -Infinity
  let shownAt = NaN
  let received = 0
  let published = 0
  let shown = 0
  // Reads that came, and the first of them that is not published or not painted.
  let came = 0
  let unpublished = 0
  let unpainted = 0
  const get = (read: number, field: number): number =>
    ring[(read % READS) * FIELDS + field] as number
  const put = (field: number, value: number): void => {
    ring[(came % READS) * FIELDS + field] = value
  }
  const worked = (): number => done.parse + done.reduce + done.react
  const book = (stage: 'parse' | 'reduce' | 'react', from: number, to: number): void => {
    const begin = Math.max(from, busyUntil)
    if (to <= begin) return
    busyUntil = to
    done[stage] += to - begin
    work[stage].add(to, to - begin)
    pieces[piece] = begin
    pieces[piece + 1] = to
    piece = (piece + 2) % pieces.length
  }
  const passed = (read: number): boolean => read < came && get(read, END) <= published
  const measure = (at: number, paintMs: number): void => {
    const first = unpainted
    const since = get(first, AT)
    const taken = get(first, TAKEN)
    const parsed = get(first, PARSED)
    const parse = done.parse - get(first, PARSE)
    const reduce = done.reduce - get(first, REDUCE)
    const react = done.react - get(first, REACT)
    // Before and after the frame's first flush began.
    const early = parse + reduce + react - (worked() - began.work)
    const waited = Math.max(0, began.at - taken - early)
    const heldBack = between(began.overrun - get(first, OVERRUN) - early, waited)
    const late = worked() - began.work + paintMs
    const forFrame = Math.max(0, at - began.at - late)
    const heldUp = between(overrun(at) - began.overrun - late, forFrame)
    stages.parse.add(at, parsed - since + parse)
    stages.queue.add(at, waited - heldBack)
    stages.reduce.add(at, reduce)
    stages.react.add(at, react)
    stages.paint.add(at, paintMs + forFrame - heldUp)
    stages.other.add(at, taken - parsed + heldBack + heldUp)
    total.add(at, at - since)
  }
  const nextFrame = (): void => {
    began.at = NaN
  }
  return {
    stages,
    work,
    total,
    reads,
    read(at, parsedAt, takenAt, decodedAt, events) {
      if (events > 0) {
        // None is on its way: the first rows are used again, which lie ready in the processor's cache.
        if (unpainted === came) came = unpublished = unpainted = 0
        received += events
        put(AT, at)
        put(TAKEN, takenAt)
        put(END, received)
        put(PARSED, parsedAt)
        put(OVERRUN, overrun(takenAt))
        put(PARSE, done.parse)
        put(REDUCE, done.reduce)
        put(REACT, done.react)
        came++
      }
      book('parse', takenAt, decodedAt)
    },
    flushed(events, startedAt, reducedAt, committedAt) {
      if (events > 0 && Number.isNaN(began.at)) {
        began.at = startedAt
        began.overrun = overrun(startedAt)
        began.work = worked()
      }
      published += events
      unpublished = Math.max(unpublished, came - READS)
      while (passed(unpublished)) unpublished++
      book('reduce', startedAt, reducedAt)
      book('react', reducedAt, committedAt)
    },
    painted(at, frameMs) {
      let paintMs = frameMs
      const from = at - frameMs
      for (let index = 0; busyUntil > from && index < pieces.length; index += 2) {
        const begin = Math.max(pieces[index] as number, from)
        paintMs -= Math.max(0, (pieces[index + 1] as number) - begin)
      }
      work.paint.add(at, paintMs)
      unpainted = Math.max(unpainted, came - READS)
      if (unpainted < came && published > shown && !Number.isNaN(began.at)) {
        measure(at, paintMs)
        if (!Number.isNaN(shownAt)) pauses.add(at, at - shownAt)
        shownAt = at
        for (; passed(unpainted); unpainted++) reads.add(at, at - get(unpainted, AT))
        // The newest is of the read that is shown in part, or of the last one that is shown whole.
        const isPart = unpainted < came && published > (unpainted > 0 ? get(unpainted - 1, END) : 0)
        newest.add(at, at - get(isPart ? unpainted : unpainted - 1, AT))
      }
      shown = published
      nextFrame()
    },
    leaveUnseen() {
      while (passed(unpainted)) unpainted++
      shown = published
      shownAt = NaN
      nextFrame()
    },
    oldestWaiting(now) {
      const oldest = Math.max(unpublished, came - READS)
      return oldest < came ? now - get(oldest, AT) : 0
    },
    freshness: (now) => ({
      oldest: total.spread(now),
      newest: newest.spread(now),
      longestPauseMs: pauses.spread(now).max,
    }),
  }
}

const between = (value: number, most: number): number => Math.min(Math.max(0, value), most)
