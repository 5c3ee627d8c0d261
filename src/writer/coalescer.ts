// Joins tiny chunks. The first of a burst goes out at once and opens a window; what only lengthens the same text is
// joined until the window ends or enough has come together. Anything else is a barrier: what is held goes before it.
// Order never changes, and text is only ever appended to text.
import type { Delta, DeltaOf, WriterEvent } from './delta.ts'

/** How to join tiny chunks. */
export interface CoalesceOptions {
  /** Longest time that text is held, in ms. @default 20 */
  readonly ms?: number | undefined
  /** Characters that go out at once when so many are held. @default 256 */
  readonly chars?: number | undefined
  /** What an event adds to which text: `agUiDelta`, `sunaDelta`, or a protocol's own. */
  readonly delta: DeltaOf
}

/** Takes events in their order and gives them on, joined. */
export interface Coalescer {
  add(event: WriterEvent, atMs: number): void
  /** Gives on what is held. */
  flush(): void
  /** Drops what is held. */
  close(): void
}

type Emit = (event: WriterEvent, atMs: number) => void

/** Creates a coalescer that gives on to `emit`. */
export function createCoalescer(options: CoalesceOptions, emit: Emit): Coalescer {
  const { ms = 20, chars = 256, delta: deltaOf } = options
  let held: { readonly delta: Delta; readonly atMs: number; text: string }[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined

  function openWindow(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      if (held.length > 0) pass()
    }, ms)
  }

  // What follows is held again: a steady source goes out once a window.
  function pass(): void {
    release()
    openWindow()
  }

  function release(): void {
    const leaving = held
    held = []
    size = 0
    for (const { delta, text, atMs } of leaving) emit(delta.withText(text), atMs)
  }

  function hold(delta: Delta, atMs: number): void {
    const last = held.at(-1)
    if (last?.delta.key === delta.key) last.text += delta.text
    else held.push({ delta, text: delta.text, atMs })
    size += delta.text.length
    if (size >= chars) pass()
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    release()
  }

  return {
    add(event, atMs) {
      const delta = deltaOf(event)
      if (delta !== null && timer !== undefined) return hold(delta, atMs)
      if (delta === null) flush()
      else openWindow()
      emit(event, atMs)
    },
    flush,
    close() {
      clearTimeout(timer)
      held = []
    },
  }
}
