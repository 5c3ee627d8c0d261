// Whether the server itself is what is slow: its main thread, and the commands it says took long.
import type { Answer } from './asker.ts'
import { rateLow, rounded, timeText } from './finding.ts'
import type { Finding } from './finding.ts'
import { numberIn } from './info.ts'
import type { Info } from './info.ts'

/** Rates how busy the main thread was between two looks; null where the server does not tell. */
export function rateLoad(before: Info, after: Info, elapsedMs: number): Finding | null {
  const [from, to] = [cpuOf(before), cpuOf(after)]
  if (from === null || to === null) return null
  const share = Math.max(0, (to - from) / (elapsedMs / 1000))
  const rating = rateLow(share, 0.5, 0.9)
  const ops = numberIn(after, 'instantaneous_ops_per_sec')
  return {
    id: 'load',
    value: Math.round(share * 100),
    unit: '% of a core',
    rating,
    why:
      `Over ${timeText(elapsedMs)}${ops === null ? '' : `, at ${ops} commands/s`}. Redis does one thing at a time: what ` +
      'waits for the main thread waits behind all others.',
    advice:
      rating === 'good'
        ? ''
        : 'Fewer, larger commands (pipelines, joined chunks), and a Redis of its own for runs.',
  }
}

// Of the main thread where it is told apart: a fork that saves slows nobody down.
function cpuOf(info: Info): number | null {
  const part = (name: string): number | null =>
    numberIn(info, `used_cpu_${name}_main_thread`) ?? numberIn(info, `used_cpu_${name}`)
  const [sys, user] = [part('sys'), part('user')]
  return sys === null || user === null ? null : sys + user
}

const RECENT_MS = 3_600_000
// Below this an hour, nobody can have seen it.
const SEEN_MS = 100

/** Rates what Redis itself noted as slow within the last hour; only names of commands are looked at. */
export function rateSlowLog(answer: Answer, nowMs: number | null): Finding | null {
  if (answer.kind !== 'answered' || !Array.isArray(answer.reply)) return null
  const entries = answer.reply
    .filter((entry): entry is readonly [unknown, number, number, readonly unknown[]] =>
      Array.isArray(entry),
    )
    .map(([, at, micros, args]) => ({
      atMs: Number(at) * 1000,
      ms: Number(micros) / 1000,
      verb: String(args?.[0] ?? '').toUpperCase(),
    }))
    .filter(({ atMs }) => nowMs === null || nowMs - atMs < RECENT_MS)
  const rating = rateLow(
    entries.reduce((sum, { ms }) => sum + ms, 0),
    SEEN_MS,
    1000,
  )
  return {
    id: 'slow-log',
    value: entries.length,
    unit: entries.length === 1 ? 'slow command/h' : 'slow commands/h',
    rating,
    why: whatWasSlow(entries),
    advice: rating === 'good' ? '' : remedies(verbsOf(entries)),
  }
}

interface SlowCommand {
  readonly ms: number
  readonly verb: string
}

function whatWasSlow(entries: readonly SlowCommand[]): string {
  const [slowest, ...others] = entries.toSorted((a, b) => b.ms - a.ms)
  if (slowest === undefined) {
    return 'Nothing was noted within the last hour: no command held the others up.'
  }
  const took = `took ${rounded(slowest.ms)} ms`
  if (others.length === 0) return `${slowest.verb} ${took}. Everybody else waited for it.`
  const all = timeText(entries.reduce((sum, { ms }) => sum + ms, 0))
  const verbs = verbsOf(entries).join(', ')
  return `${verbs}; the slowest, ${slowest.verb}, ${took}, all together ${all}. Everybody else waited for them.`
}

const verbsOf = (entries: readonly SlowCommand[]): readonly string[] =>
  [...new Set(entries.map(({ verb }) => verb))].slice(0, 5)

const REMEDIES: readonly (readonly [verbs: RegExp, remedy: string])[] = [
  [/^KEYS$/, 'KEYS becomes SCAN'],
  [/^(LRANGE|XRANGE|XREVRANGE)$/, 'a range goes on where the last one ended'],
  [/^DEL$/, 'big deletes become UNLINK'],
  [/^FLUSH(ALL|DB)$/, 'FLUSHALL and FLUSHDB take ASYNC'],
  [/^(EVAL|EVALSHA|FCALL)(_RO)?$/, 'a script does less at a time'],
]

function remedies(verbs: readonly string[]): string {
  const all = verbs.map(
    (verb) =>
      REMEDIES.find(([known]) => known.test(verb))?.[1] ?? `${verb} is asked for less at a time`,
  )
  const text = [...new Set(all)].join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
