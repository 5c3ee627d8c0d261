// Whose the page's script is. Handlers of a stream are timed from their beginning to the end of their microtasks; what they
// put off to a task (React's scheduler) lies between two messages of ours, one sent before the handlers run and one
// after; what they put off to a frame lies between two frame callbacks. Nothing of the application is touched for it.
import type { Clock } from '../core/clock.ts'
import type { Tap } from '../core/tap.ts'
import { createDrawnPart, type DrawnPart, type DrawProbe } from './draw-probe.ts'
import { createFrameWork } from './frame-work.ts'
import type { Guard } from './guard.ts'
import { createTaskPort } from './task-port.ts'

/** Something that is delivered to the application, as the attribution knows it. */
export interface Delivered {
  readonly tap: Pick<Tap, 'flushed' | 'painted' | 'rendered'>
  /** What of its handlers' own time, and of their microtasks', draws. */
  readonly handlers: DrawnPart
  readonly microtasks: DrawnPart
}

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

/** What was delivered, until what it put off has run: a task of ours comes before that and one after. */
interface Bracket {
  begun: boolean
  from: number
  bookedBefore: number
  readonly parts: Map<Delivered, Part>
}

interface Part {
  /** Delivered, and of these not published yet. */
  events: number
  unpublished: number
  parseMs: number
  drawMs: number
  renders: number
}

// Below this nobody renders anything, and coarse clocks tick.
const RENDER_MS = 0.2

/** What {@link createDelivered} knows before it has watched anything: a handler reads, its microtasks draw. */
export function createDelivered(tap: Delivered['tap']): Delivered {
  return { tap, handlers: createDrawnPart(0), microtasks: createDrawnPart(1) }
}

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
    before(() => {
      frames.seen()
      // Whoever stopped an event on its way kept us from seeing the end of it.
      if (current !== null) finish()
      beginBracket(opened)
    })
    return opened
  }
  const beginBracket = (begun: Bracket): void => {
    begun.begun = true
    begun.from = clock.now()
    begun.bookedBefore = bookedMs + frames.untold(begun.from)
  }
  const publish = (stream: Delivered, one: Part, putOffMs: number, at: number): void => {
    const drawMs = one.drawMs + putOffMs
    const renders = one.renders + (putOffMs >= RENDER_MS ? 1 : 0)
    if (one.unpublished === 0 && drawMs < RENDER_MS) return
    stream.tap.flushed(one.unpublished, at - one.parseMs - drawMs, at - drawMs, at)
    for (let render = 0; render < renders; render++) stream.tap.rendered()
    unpainted.add(stream)
  }
  const close = (closed: Bracket): void => {
    if (bracket !== closed) return
    const at = clock.now()
    const known = bookedMs + frames.untold(at) - closed.bookedBefore
    const putOffMs = Math.max(0, at - closed.from - known)
    bookedMs += putOffMs
    const total = totalOf([...closed.parts.values()].map(({ events }) => events))
    for (const [stream, one] of closed.parts) {
      publish(stream, one, (putOffMs * one.events) / total, at)
    }
    frames.before()
    frames.after()
    bracket = late
    late = null
    // What came meanwhile has put off its work by now: it lies before a task that is posted now.
    if (bracket === null) return
    const next = bracket
    beginBracket(next)
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
        stream.tap.rendered()
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
    if (isWatched) probe?.end()
    bookedMs += at - from
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
      frames.before()
      current = stream
      part = emptyPart()
      isWatched = probe?.begin(clock.now()) ?? false
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

const emptyPart = (): Part => ({ events: 0, unpublished: 0, parseMs: 0, drawMs: 0, renders: 0 })

const emptyBracket = (): Bracket => ({ begun: false, from: 0, bookedBefore: 0, parts: new Map() })

const totalOf = (counts: readonly number[]): number =>
  Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  )

function addPart(parts: Map<Delivered, Part>, stream: Delivered, more: Part): void {
  const before = parts.get(stream)
  if (before === undefined) return void parts.set(stream, more)
  before.events += more.events
  before.unpublished += more.unpublished
  before.parseMs += more.parseMs
  before.drawMs += more.drawMs
  before.renders += more.renders
}
