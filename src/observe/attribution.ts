// Whose the page's script is. Handlers of a stream are timed from their beginning to the end of their microtasks; what they
// put off to a task (React's scheduler) lies between two messages of ours, one sent before the handlers run and one
// after; what they put off to a frame lies between two frame callbacks. Nothing of the application is touched for it.
import type { Clock } from '../core/clock.ts'
import { addPart, type Bracket, emptyBracket, emptyPart, type Part, totalOf } from './bracket.ts'
import type { Delivered } from './delivered.ts'
import { createDrawnTask, type DrawnPart, type DrawProbe } from './draw-probe.ts'
import { createFrameWork } from './frame-work.ts'
import type { Guard } from './guard.ts'
import { createTaskPort } from './task-port.ts'

/** Books script on streams; one for all streams of a page, so that nothing is booked twice. */
export interface Attribution {
  /**
   * Handlers of this stream are about to run.
   * @param overdue called when nobody tells that they have: it must then say `end`
   */
  begin(stream: Delivered, overdue: () => void): void
  /** A handler has returned, and its microtasks follow. */
  returned(): void
  /** Microtasks have run up to now. */
  worked(): void
  /** Handlers and their microtasks have run, for so many events. */
  end(events: number): void
  close(): void
}

// Below this nobody renders anything, and coarse clocks tick.
const RENDER_MS = 0.2

/** @param probe tells whether handlers draw; null where nothing can */
export function createAttribution(
  clock: Clock,
  guard: Guard,
  probe: DrawProbe | null,
): Attribution {
  const before = createTaskPort(clock, guard)
  const after = createTaskPort(clock, guard)
  let bookedMs = 0
  let bracket: Bracket | null = null
  // For what is delivered between the two tasks of a bracket.
  let late: Bracket | null = null
  let current: Delivered | null = null
  let finish: () => void = () => {}
  let isOwner = false
  let isWatched = false
  let from = 0
  let seenMs = 0
  let part: Part = emptyPart()
  // What runs between a delivery and the first of our tasks: the application's own, or anybody's.
  const waiting = createDrawnTask()
  let handledAt = NaN
  // Since the last frame: events by stream, for what their frame callbacks take; and whom a frame will show.
  const sinceFrame = new Map<Delivered, number>()
  const unpainted = new Set<Delivered>()

  const bookDraw = (ms: number): void => {
    part.drawMs += ms
    if (ms >= RENDER_MS) part.renders++
  }
  const book = (ms: number, drawn: DrawnPart): void => {
    if (isWatched) drawn.see(ms, probe?.drew() ?? false)
    const draw = drawn.of(ms)
    part.parseMs += ms - draw
    bookDraw(draw)
  }
  const seen = (drawn: DrawnPart): void => {
    const ms = clock.now() - from - seenMs
    seenMs += ms
    book(ms, drawn)
  }
  const open = (): Bracket => {
    const opened = emptyBracket()
    countFrom(opened, clock.now())
    before(() => {
      frames.seen()
      // Whoever stopped an event on its way kept us from seeing the end of it.
      if (current !== null) finish()
      const at = clock.now()
      const ms = unbooked(opened, at)
      const drawnMs = opened.isWatched ? drawnOf(opened, ms) : 0
      if (drawnMs > 0) waiting.see(drawnMs)
      putOff(opened, waiting.of(ms))
      countFrom(opened, at)
      opened.begun = true
    })
    return opened
  }
  // A task that drew is known by its end; it began when the last delivery was handled, or later.
  const drawnOf = ({ drew }: Bracket, ms: number): number => {
    if (probe === null) return 0
    if (probe.drew()) return Math.min(ms, Math.max(0, probe.drewAt - handledAt))
    return drew ? ms : 0
  }
  const countFrom = (one: Bracket, at: number): void => {
    one.from = at
    one.bookedBefore = bookedMs + frames.untold(at)
  }
  // Time since then that is nobody's yet.
  const unbooked = (one: Bracket, at: number): number =>
    Math.max(0, at - one.from - (bookedMs + frames.untold(at) - one.bookedBefore))
  const putOff = (one: Bracket, ms: number): void => {
    one.putOffMs += ms
    bookedMs += ms
  }
  const publish = (stream: Delivered, one: Part, putOffMs: number, at: number): void => {
    const drawMs = one.drawMs + putOffMs
    const renders = one.renders + (putOffMs >= RENDER_MS ? 1 : 0)
    if (one.unpublished === 0 && drawMs < RENDER_MS) return
    stream.tap.flushed(one.unpublished, at - one.parseMs - drawMs, at - drawMs, at)
    if (renders > 0) stream.tap.rendered(renders)
    unpainted.add(stream)
  }
  const close = (closed: Bracket): void => {
    if (bracket !== closed) return
    const at = clock.now()
    putOff(closed, unbooked(closed, at))
    if (closed.isWatched) probe?.end()
    const total = totalOf([...closed.parts.values()].map(({ events }) => events))
    for (const [stream, one] of closed.parts) {
      publish(stream, one, (closed.putOffMs * one.events) / total, at)
    }
    frames.before()
    frames.after()
    bracket = late
    late = null
    // What came meanwhile has put off its work by now: it lies before a task that is posted now.
    if (bracket === null) return
    const next = bracket
    countFrom(next, clock.now())
    next.begun = true
    after(() => close(next))
  }
  const frames = createFrameWork(clock, {
    onScript(begin, to) {
      const ms = to - begin
      bookedMs += ms
      const total = totalOf([...sinceFrame.values()])
      for (const [stream, events] of sinceFrame) {
        const share = (ms * events) / total
        if (share < RENDER_MS) continue
        stream.tap.flushed(0, to - share, to - share, to)
        stream.tap.rendered(1)
      }
      sinceFrame.clear()
    },
    onPainted(at, paintMs) {
      bookedMs += paintMs
      for (const { tap } of unpainted) tap.painted(at, paintMs)
      unpainted.clear()
    },
  })
  const end = (events: number): void => {
    const stream = current
    if (stream === null || bracket === null) return
    current = null
    const at = clock.now()
    // What nobody told of: the microtasks of handlers, or handlers that never looked at what came.
    const rest = at - from - seenMs
    if (rest > 0) book(rest, seenMs > 0 ? stream.microtasks : stream.handlers)
    // What a handler drew is no proof of what runs later.
    probe?.drew()
    if (isWatched) bracket.isWatched = true
    isWatched = false
    bookedMs += at - from
    handledAt = at
    part.events = part.unpublished = events
    // A flood of such deliveries lets no task of ours through.
    if (part.drawMs >= RENDER_MS) {
      publish(stream, part, 0, at)
      part = { ...emptyPart(), events }
    }
    const { parts } = bracket.begun ? (late ??= emptyBracket()) : bracket
    addPart(parts, stream, part)
    sinceFrame.set(stream, (sinceFrame.get(stream) ?? 0) + events)
    const closing = bracket
    if (isOwner) after(() => close(closing))
    frames.after()
  }
  return {
    begin(stream, overdue) {
      if (current !== null) finish()
      finish = overdue
      frames.seen()
      isOwner = bracket === null
      bracket ??= open()
      if (bracket.isWatched && probe?.drew()) bracket.drew = true
      frames.before()
      current = stream
      part = emptyPart()
      isWatched = !bracket.begun && (probe?.begin(clock.now()) ?? false)
      seenMs = 0
      from = clock.now()
    },
    returned() {
      if (current !== null) seen(current.handlers)
    },
    worked() {
      if (current !== null) seen(current.microtasks)
    },
    end,
    close() {
      frames.close()
      probe?.end()
      current = bracket = late = null
      sinceFrame.clear()
      unpainted.clear()
    },
  }
}
