// Judges histories: what a viewer saw against what was written. The rules are those of the wire's promise: in order,
// byte for byte, nothing twice, nothing missing unless a gap says so, and an end. After a gap `replaced` a viewer is
// told the log from its first event: a new epoch, in which the same rules hold.
import type { LogHistory, Observed, ViewerHistory, Written } from './history.ts'

/** A broken promise. */
export interface Violation {
  readonly rule:
    | 'bytes'
    | 'order'
    | 'twice'
    | 'lost'
    | 'needless-gap'
    | 'wrong-gap'
    | 'refused'
    | 'unfinished'
    | 'tail'
    | 'text'
    | 'cursor'
    | 'log'
  readonly viewer: string
  readonly detail: string
  /** Which of the viewer's observations; null where it is none of them. */
  readonly at: number | null
}

type Tell = (rule: Violation['rule'], detail: string, at?: number) => void
type Seen = Extract<Observed, { kind: 'event' }>
type Gap = Extract<Observed, { kind: 'gap' }>

/** Judges all viewers of one log. */
export function checkHistory(log: LogHistory, viewers: readonly ViewerHistory[]): Violation[] {
  return [
    ...checkLog(log),
    ...viewers.flatMap((viewer) => checkViewer(log, viewer)),
    ...checkCursors(viewers),
  ]
}

/** Judges one viewer. */
export function checkViewer(log: LogHistory, viewer: ViewerHistory): Violation[] {
  const found: Violation[] = []
  const tell: Tell = (rule, detail, at) =>
    found.push({ rule, viewer: viewer.name, detail, at: at ?? null })
  const epoch = walk(log, viewer.observed, tell)
  // Where the log is gone nothing follows: whoever was told so, or had seen nothing of it, waits in vain.
  const told = epoch.gap !== null && epoch.gap.to === null
  const unaware = epoch.events.length === 0 && log.destroyed === log.written.length
  if (viewer.settled) checkEnd(log, viewer, epoch, tell)
  else if (!told && !unaware)
    tell('unfinished', 'neither an end nor a gap that nothing follows', viewer.observed.length - 1)
  return found
}

// The producer's own promise, without which nothing else means anything.
function checkLog({ id, lossless, written, finals }: LogHistory): Violation[] {
  const held = new Set(finals.flat())
  const lost = written.filter(({ acked, payload }) => lossless && acked && !held.has(payload))
  return lost.map(({ seq }) => ({
    rule: 'log',
    viewer: id,
    detail: `Redis lost seq ${seq}`,
    at: null,
  }))
}

interface Epoch {
  /** Since the last gap `replaced`. */
  events: Written[]
  /** Since the last event. */
  gap: Gap | null
  /** The cursor of the event that is to follow on this connection. */
  promised: string | null
}

function walk(log: LogHistory, observed: readonly Observed[], tellAt: Tell): Epoch {
  const epoch: Epoch = { events: [], gap: null, promised: null }
  let cursors = new Set<string>()
  let cursor: string | null = null
  for (const [at, one] of observed.entries()) {
    const tell: Tell = (rule, detail) => tellAt(rule, detail, at)
    // Whoever left before the event that was promised may come to a relay that has not seen the loss yet.
    if (one.kind === 'connect') epoch.promised = null
    if (one.kind === 'refused') tell('refused', one.what)
    if (one.kind === 'gap') {
      checkGap(log, one, epoch.gap === null ? cursor : one.from, tell)
      epoch.gap = one
      epoch.promised = one.to
      if (one.reason !== 'replaced') continue
      epoch.events = []
      cursors = new Set()
    }
    if (one.kind !== 'event') continue
    const event = writtenAs(log, one, tell)
    if (event === null) continue
    checkCursor(one, cursors, epoch.promised, tell)
    checkPlace(log, epoch, event, cursor === null, tell)
    cursor = one.cursor
    epoch.events.push(event)
    epoch.gap = null
    epoch.promised = null
  }
  return epoch
}

function checkGap({ lossless }: LogHistory, gap: Gap, cursor: string | null, tell: Tell): void {
  if (lossless) tell('needless-gap', `${gap.reason} where nothing was lost`)
  if (gap.from !== cursor) tell('wrong-gap', `from ${gap.from}, but the viewer is at ${cursor}`)
}

function writtenAs({ written }: LogHistory, { data }: Seen, tell: Tell): Written | null {
  const event = written[seqIn(data)]
  if (event?.payload === data) return event
  tell('bytes', `nobody wrote ${data.slice(0, 200)}`)
  return null
}

function seqIn(data: string): number {
  try {
    return Number((JSON.parse(data) as { seq?: unknown }).seq)
  } catch {
    return Number.NaN
  }
}

function checkCursor(
  { cursor }: Seen,
  cursors: Set<string>,
  promised: string | null,
  tell: Tell,
): void {
  if (cursor === null) return tell('cursor', 'an event without a cursor')
  if (cursors.has(cursor)) tell('twice', `cursor ${cursor}`)
  cursors.add(cursor)
  if (promised !== null && promised !== cursor) {
    tell('wrong-gap', `to ${promised}, but ${cursor} follows`)
  }
}

function checkPlace(log: LogHistory, epoch: Epoch, event: Written, first: boolean, tell: Tell) {
  const { events, gap } = epoch
  const before = events.at(-1)?.seq ?? -1
  if (event.seq <= before) {
    tell(events.includes(event) ? 'twice' : 'order', `seq ${event.seq} after ${before}`)
  } else if (gap === null) {
    const from = first ? Math.max(before + 1, log.destroyed) : before + 1
    tellLost(log, from, event.seq, `before seq ${event.seq}`, tell)
  }
}

function tellLost(log: LogHistory, from: number, to: number, where: string, tell: Tell): void {
  const lost = log.written
    .slice(from, to)
    .filter(({ seq, acked }) => acked && !log.deleted.has(seq) && !log.lostTail.has(seq))
  if (lost.length === 0) return
  const seqs = lost.map(({ seq }) => seq)
  tell('lost', `seq ${seqs[0]} to ${seqs.at(-1)} (${seqs.length} events) ${where}, without a gap`)
}

function checkEnd(log: LogHistory, viewer: ViewerHistory, epoch: Epoch, tell: Tell): void {
  const { events, gap } = epoch
  const shown = events.map(({ text }) => text).join('')
  if (viewer.text !== null && viewer.text !== shown) {
    tell('text', `shows ${viewer.text.length} characters where ${shown.length} arrived`)
  }
  if (gap !== null && gap.to === null) return // it was told that the rest is gone
  if (events.at(-1)?.terminal !== true) {
    return tell('tail', `ended after seq ${events.at(-1)?.seq ?? 'none'}, which ends nothing`)
  }
  if (!log.finals.some((final) => isTail(log, events, final))) {
    tell('tail', `the ${events.length} events of the last epoch are not what Redis held`)
  }
}

// What Redis holds at the end is what the viewer saw last; what it saw before that was trimmed since.
function isTail(log: LogHistory, events: readonly Written[], final: readonly string[]): boolean {
  const kept = events.filter(({ seq }) => !log.deleted.has(seq)).map(({ payload }) => payload)
  if (log.lossless && kept.length !== final.length) return false
  const tail = kept.slice(-final.length)
  return final.length > 0 && final.every((payload, at) => tail[at] === payload)
}

/** One cursor names one event, whoever is told it. */
export function checkCursors(viewers: readonly ViewerHistory[]): Violation[] {
  const named = new Map<string, string>()
  const found: Violation[] = []
  for (const { name, observed } of viewers) {
    for (const one of observed) {
      if (one.kind !== 'event' || one.cursor === null) continue
      const known = named.get(one.cursor)
      if (known !== undefined && known !== one.data) {
        found.push({
          rule: 'cursor',
          viewer: name,
          detail: `${one.cursor} names two events`,
          at: null,
        })
      }
      named.set(one.cursor, one.data)
    }
  }
  return found
}
