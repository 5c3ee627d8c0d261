// The runs that lie in this Redis: found by SCAN within bounds, and a few of them looked at.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { endReasonOf } from '../../wire/terminal.ts'
import { replyOf } from './asker.ts'
import type { Asker, Reply } from './asker.ts'

/** Where runs lie. */
export type Layout = 'suna-list' | 'suna-stream'

/** A run's key. */
export interface RunKey {
  readonly id: string
  readonly key: string
  readonly layout: Layout
}

/** What was looked at of one run. */
export interface Run extends RunKey {
  readonly events: number
  /** Time left in ms; Infinity for ever, null where this user may not ask. */
  readonly ttlMs: number | null
  /** Memory in bytes, where the server tells. */
  readonly bytes: number | null
  /** True when its last event ends it. */
  readonly ended: boolean
  /** From its first event to its last, in ms, where entries have times. */
  readonly lastedMs: number | null
}

/** What a search found. */
export interface FoundRuns {
  readonly runs: readonly Run[]
  /** Runs seen, looked at or not. */
  readonly seen: number
  /** True when every key was passed. */
  readonly isComplete: boolean
  /** True when this user may not look for them. */
  readonly isRefused: boolean
}

/** Bounds of a search. */
export interface RunSearch {
  readonly names: RedisNames
  /** Most SCANs, of 500 keys each. */
  readonly scans: number
  /** Most runs looked at; five or six commands for each. */
  readonly most: number
}

const SCAN_COUNT = '500'

/** Looks for runs and at some of them. */
export async function findRuns(asker: Asker, search: RunSearch): Promise<FoundRuns> {
  const { keys, isComplete, isRefused } = await scanRuns(asker, search)
  // Spread over what was found: neighbours in a SCAN are no sample by age, but neither is any other order.
  const step = Math.max(1, keys.length / search.most)
  const some = keys.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
  const looked = await Promise.all(
    some.slice(0, search.most).map((key) => lookAt(asker, key, search.names.field)),
  )
  const runs = looked.filter((run) => run !== null)
  return { runs, seen: keys.length, isComplete, isRefused }
}

interface FoundKeys {
  readonly keys: readonly RunKey[]
  readonly isComplete: boolean
  readonly isRefused: boolean
}

/** Looks for runs' keys. */
export async function scanRuns(
  { ask }: Pick<Asker, 'ask'>,
  { names, scans }: Omit<RunSearch, 'most'>,
): Promise<FoundKeys> {
  const match = `${commonStart(names.list, names.stream)}*`
  const keys = new Map<string, RunKey>() // SCAN may give a key twice
  let cursor = '0'
  for (let n = 0; n < scans; n++) {
    const answer = await ask('SCAN', cursor, 'MATCH', match, 'COUNT', SCAN_COUNT)
    if (answer.kind !== 'answered') return { keys: [], isComplete: false, isRefused: true }
    const page = answer.reply
    const [next, found] = page as unknown as [string, readonly string[]]
    for (const key of found) {
      const run = runOf(key, names)
      if (run !== null) keys.set(key, run)
    }
    cursor = String(next)
    if (cursor === '0') return { keys: [...keys.values()], isComplete: true, isRefused: false }
  }
  return { keys: [...keys.values()], isComplete: false, isRefused: false }
}

/** The run that a key belongs to, or null. */
export function runOf(key: string, names: RedisNames): RunKey | null {
  for (const [layout, template] of [
    ['suna-list', names.list],
    ['suna-stream', names.stream],
  ] as const) {
    const [before = '', after = ''] = template.split('{id}')
    const id = key.slice(before.length, key.length - after.length)
    if (/^[A-Za-z0-9_-]{1,128}$/.test(id) && nameOf(template, id) === key) {
      return { id, key, layout }
    }
  }
  return null
}

/** Looks at one run; null when it is gone or not what its name says. */
export async function lookAt(asker: Asker, run: RunKey, field: string): Promise<Run | null> {
  const ask = async (...args: string[]): Promise<Reply> => replyOf(await asker.ask(...args))
  const { key, layout } = run
  const isList = layout === 'suna-list'
  const [length, left, bytes, ...ends] = await Promise.all([
    isList ? ask('LLEN', key) : streamLength(asker, key),
    ask('PTTL', key),
    ask('MEMORY', 'USAGE', key),
    isList ? ask('LINDEX', key, '-1') : ask('XREVRANGE', key, '+', '-', 'COUNT', '1'),
    ...(isList ? [] : [ask('XRANGE', key, '-', '+', 'COUNT', '1')]),
  ])
  const [tail, head] = ends
  const last = isList ? { data: tail, ms: null } : entryOf(tail, field)
  if (typeof length !== 'number' || length === 0 || typeof last?.data !== 'string') return null
  const first = isList ? null : entryOf(head, field)
  return {
    ...run,
    events: length,
    ttlMs: typeof left !== 'number' ? null : left >= 0 ? left : Infinity,
    bytes: typeof bytes === 'number' ? bytes : null,
    ended: isEnd(last.data),
    lastedMs: last.ms === null || !first ? null : last.ms - (first.ms ?? last.ms),
  }
}

// The relay's own user may ask for a stream's state, and not for its length alone.
async function streamLength({ ask }: Asker, key: string): Promise<Reply> {
  const length = await ask('XLEN', key)
  if (length.kind === 'answered') return length.reply
  const state = replyOf(await ask('XINFO', 'STREAM', key))
  return Array.isArray(state) ? (state[state.indexOf('length') + 1] as Reply) : null
}

/** True for a payload that ends its run. */
export function isEnd(data: string): boolean {
  try {
    return endReasonOf(JSON.parse(data)) !== null
  } catch {
    return false
  }
}

/** One entry of a stream: its payload and when it was written. */
export interface StreamEntry {
  readonly id: string
  readonly data: string
  readonly ms: number
}

/** The entries of an XRANGE reply; what lies there under other fields is taken whole. */
export function entriesOf(reply: Reply | undefined, field: string): StreamEntry[] {
  if (!Array.isArray(reply)) return []
  return (reply as [string, string[]][]).map(([id, fields]) => {
    const at = fields.findIndex((name, index) => index % 2 === 0 && name === field)
    return { id, data: fields[at + 1] ?? '', ms: Number(id.split('-')[0]) }
  })
}

const entryOf = (reply: Reply | undefined, field: string): StreamEntry | undefined =>
  entriesOf(reply, field)[0]

function commonStart(one: string, two: string): string {
  const [a = '', b = ''] = [one, two].map((template) => template.split('{id}')[0])
  const differs = Array.from(a).findIndex((letter, at) => letter !== b[at])
  return (differs === -1 ? a : a.slice(0, differs)).replaceAll(/[*?[\]\\]/g, '\\$&')
}
