// What an application is given, and how much of its handlers' time draws.
import type { Tap } from '../core/tap.ts'
import { createDrawnPart, type DrawnPart } from './draw-probe.ts'

/** Something that is delivered to the application, as the attribution knows it. */
export interface Delivered {
  readonly tap: Pick<Tap, 'flushed' | 'painted' | 'rendered'>
  /** What of its handlers' own time, and of their microtasks', draws. */
  readonly handlers: DrawnPart
  readonly microtasks: DrawnPart
}

/** What {@link createDelivered} knows before it has watched anything: a handler reads, its microtasks draw. */
export function createDelivered(tap: Delivered['tap']): Delivered {
  return { tap, handlers: createDrawnPart(0), microtasks: createDrawnPart(1) }
}
