// Frames to queue items: what was taken before is dropped, the rest is decoded, and what the relay itself says is read.
// Calls nobody back: an item carries all that the application is to be told.
import { RELAY_EVENT } from '../wire/protocol.ts'
import { AgentStreamError } from './errors.ts'
import type { AgentEvent } from './events.ts'
import { endsRun, type Frame } from './protocol.ts'
import { createPrefix } from './prefix.ts'
import { createReading, type Reading, type ReadingOptions } from './reading.ts'
import { type Mark, marked, type Received } from './received.ts'
import { createRecentIds } from './recent-ids.ts'
import { endReasonIn, errorIn, gapIn } from './relay-words.ts'
import { createUnnumbered } from './unnumbered.ts'

/** Where a stream stands, in a shape that survives JSON: with it, another page can go on. */
export interface Position {
  readonly cursor: string
  /** Counts the runs of the stream: ids that a protocol makes up itself differ by it. */
  readonly run: number
  /** What the protocol remembers. */
  readonly memory: unknown
}

/** The door of the queue. */
export interface Intake {
  /** A connection begins. Returns the cursor it goes on after, or null for the whole log. */
  open(): string | null
  /**
   * Takes a frame. `put` gets what it makes, in order: nothing for what only the wire needs or what was taken before.
   * What was held back until it proved to be new comes with its own frame.
   */
  take(frame: Frame, put: (item: Received, frame?: Frame) => void): void
  /** Counts the agent's events that were new. */
  news(): number
  /** Cursor of the last frame that had one. */
  cursor(): string | null
  /** True when another connection can go on without a loss. */
  resumable(): boolean
  /** True when another connection would bring once more what was taken, and nothing says so. */
  repeats(): boolean
  /** True after a terminal event, until another run begins. */
  ended(): boolean
  /** Another run is on its way in the same log. */
  expect(): void
  /** Another run begins, with a log of its own. */
  begin(): void
  /** Goes on after this cursor. */
  moveTo(cursor: string): void
  /** Goes on where another page was. */
  restore(position: Position): void
  /** Where it stands, or null while there is no cursor to go on after. */
  position(): Position | null
}

/** Options of {@link createIntake}. */
export interface IntakeOptions extends ReadingOptions {
  /** So many runs there may have been before this page: what a protocol made up then must not come again. @default 0 */
  readonly runs?: number | undefined
}

/** Makes the intake of one stream; it lives across reconnects and runs. */
export function createIntake(options: IntakeOptions): Intake {
  const { protocol, runs = 0 } = options
  const isTerminal = (event: AgentEvent): boolean => {
    try {
      return (protocol.terminal ?? endsRun)(event)
    } catch {
      return false
    }
  }
  const recent = createRecentIds()
  let run = runs
  let cursor: string | null = null
  let begun = false
  let ended = false
  let news = 0
  // What is read once more has been counted.
  const tap: ReadingOptions['tap'] = {
    rejected: (kind) => unnumbered.replaying || options.tap.rejected(kind),
  }
  const startReading = (memory: unknown = protocol.start?.(run)): Reading =>
    createReading({ ...options, tap }, memory)
  const unnumbered = createUnnumbered(() => startReading(), isTerminal)
  // Events without ids that follow the last id: a resume from there brings them once more.
  const tail = createPrefix()
  let reading = startReading()

  const note = ({ events, mark }: Received): void => {
    news += events.length
    if (mark?.type === 'gap' && mark.gap.reason === 'replaced') ended = false
    for (const event of events) {
      if (isTerminal(event)) ended = true
      else if (event.type === 'RUN_STARTED') ended = false
    }
  }
  const forget = (memory?: unknown): void => {
    recent.clear()
    tail.clear()
    unnumbered.clear()
    reading = startReading(memory)
  }
  const idOf = (frame: Frame): string | undefined => {
    try {
      return protocol.cursor?.(frame) ?? frame.id
    } catch {
      return frame.id
    }
  }
  // Moves on to this id, unless it is of what a resumed connection sends once more.
  const wasTaken = (id: string | undefined): boolean => {
    if (id && recent.again(id)) return true
    // An empty id takes the cursor back: https://html.spec.whatwg.org/multipage/server-sent-events.html
    if (id === undefined) return false
    cursor = id === '' ? null : id
    tail.clear()
    return false
  }
  const takeEvent = (frame: Frame, put: (item: Received, frame?: Frame) => void): void => {
    begun = true
    const id = idOf(frame)
    if (wasTaken(id)) return
    if (!id && cursor === null && protocol.resume === 'from-start') {
      reading = unnumbered.take(frame, reading, (item, from) => {
        note(item)
        put(item, from)
      })
      return
    }
    if (!id && cursor !== null) {
      const sight = tail.see(frame.data)
      if (sight === 'again') return
      if (sight === 'differs') tail.see(frame.data)
    }
    const item = reading.read(frame, cursor)
    note(item)
    put(item)
  }
  const takeError = ({ id, data }: Frame): Received | null => {
    const { code, message } = errorIn(data)
    if (id !== undefined) {
      if (wasTaken(id)) return null
      return { ...marked(undefined, [reading.refuse(message, cursor)]), cursor, counted: true }
    }
    const final = code === 'not-started'
    const error = new AgentStreamError(final ? code : 'relay-error', message)
    return marked({ type: final ? 'given-up' : 'error', error }, [error])
  }
  const takeGap = ({ data }: Frame): Received => {
    const gap = gapIn(data)
    if (gap === null) {
      const reason = `expected a gap with its reason, got ${data.slice(0, 80)}`
      return { ...marked(undefined, [reading.refuse(reason, cursor)]), counted: true }
    }
    if (gap.reason === 'replaced') forget()
    const item = marked({ type: 'gap', gap })
    note(item)
    return item
  }
  const takeEnd = ({ data }: Frame): Received => {
    const reason = endReasonIn(data)
    const known = ended || reason !== null || cursor !== null
    ended = true
    // Without a reason it is a 204. After a cursor that says the run is over; else, that there is nothing to read.
    return marked(known ? { type: 'end', reason } : begun ? CUT : { type: 'nothing' })
  }
  const moveTo = (to: string, memory?: unknown): void => {
    cursor = to
    begun = true
    ended = false
    forget(memory)
  }
  return {
    open() {
      recent.opened()
      tail.opened()
      unnumbered.opened()
      return cursor
    },
    take(frame, put) {
      if (!frame.event.startsWith('relay.')) takeEvent(frame, put)
      else if (frame.event === RELAY_EVENT.error) {
        const item = takeError(frame)
        if (item !== null) put(item)
      } else if (frame.event === RELAY_EVENT.gap) put(takeGap(frame))
      else if (frame.event === RELAY_EVENT.end) put(takeEnd(frame))
    },
    news: () => news,
    cursor: () => cursor,
    resumable: () =>
      !ended &&
      protocol.resume !== 'none' &&
      (cursor !== null || !begun || protocol.resume === 'from-start'),
    repeats: () =>
      begun && protocol.resume !== 'from-start' && (protocol.resume === 'none' || cursor === null),
    ended: () => ended,
    expect() {
      ended = false
    },
    begin() {
      run++
      cursor = null
      begun = ended = false
      forget()
    },
    moveTo,
    restore(position) {
      run = position.run
      moveTo(position.cursor, position.memory)
    },
    position: () => (cursor === null ? null : { cursor, run, memory: reading.memory }),
  }
}

const CUT: Mark = { type: 'given-up', error: null }
