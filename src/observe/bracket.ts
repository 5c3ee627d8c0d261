// Two tasks of ours around what handlers put off to a task, and the deliveries in between.
import type { Delivered } from './delivered.ts'

/**
 * What was delivered, until what it put off has run: a task of ours comes before that and one after. Not always: React's
 * scheduler may have posted its task already, and then runs before both. That counts where it draws.
 */
export interface Bracket {
  begun: boolean
  from: number
  bookedBefore: number
  putOffMs: number
  /** Its deliveries are watched; since the last look, something drew. */
  isWatched: boolean
  drew: boolean
  readonly parts: Map<Delivered, Part>
}

/** What one stream delivered in it. */
export interface Part {
  /** Delivered, and of these not published yet. */
  events: number
  unpublished: number
  parseMs: number
  drawMs: number
  renders: number
}

/** Nothing delivered yet. */
export const emptyPart = (): Part => ({
  events: 0,
  unpublished: 0,
  parseMs: 0,
  drawMs: 0,
  renders: 0,
})

/** One that has not begun. */
export const emptyBracket = (): Bracket => ({
  begun: false,
  from: 0,
  bookedBefore: 0,
  putOffMs: 0,
  isWatched: false,
  drew: false,
  parts: new Map(),
})

/** All events; at least one, for it is divided by. */
export const totalOf = (counts: readonly number[]): number =>
  Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  )

/** Adds to what a stream has delivered. */
export function addPart(parts: Map<Delivered, Part>, stream: Delivered, more: Part): void {
  const before = parts.get(stream)
  if (before === undefined) return void parts.set(stream, more)
  before.events += more.events
  before.unpublished += more.unpublished
  before.parseMs += more.parseMs
  before.drawMs += more.drawMs
  before.renders += more.renders
}
