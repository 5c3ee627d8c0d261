// What the trace event format demands of a file, as lines that say what is wrong with it.
import type { ChromeTrace, ChromeTraceEvent } from '../../../src/metrics/export/chrome-trace.ts'

const track = ({ pid, tid }: ChromeTraceEvent): string => `${pid}/${tid}`

/** The faults of a trace file; none for one that DevTools and Perfetto open. */
export function faultsOf(trace: ChromeTrace): readonly string[] {
  const parsed = JSON.parse(JSON.stringify(trace)) as ChromeTrace
  const events = parsed.traceEvents
  const timed = events.filter(({ ph }) => ph !== 'M')
  return [
    ...events.flatMap(malformed),
    ...unnamed(events),
    ...unsorted(timed),
    ...overlaps(timed.filter(({ ph }) => ph === 'X')),
  ]
}

function malformed(event: ChromeTraceEvent): string[] {
  const { ph, ts, dur, args, name } = event
  const faults: string[] = []
  if (!['X', 'C', 'M'].includes(ph)) faults.push(`${name}: phase ${ph}`)
  if (!Number.isInteger(ts) || ts < (ph === 'M' ? 0 : 1)) faults.push(`${name}: ts ${ts}`)
  if (ph === 'X' && !(Number.isInteger(dur) && (dur ?? -1) >= 0)) faults.push(`${name}: dur ${dur}`)
  if (ph === 'C' && !Object.values(args).every(Number.isFinite)) faults.push(`${name}: no number`)
  return faults
}

function unnamed(events: readonly ChromeTraceEvent[]): string[] {
  const names = (what: string): Set<string> =>
    new Set(events.filter(({ name }) => name === what).map(track))
  const processes = new Set([...names('process_name')].map((name) => name.split('/')[0]))
  const threads = names('thread_name')
  return events.flatMap((event) => [
    ...(processes.has(String(event.pid)) ? [] : [`process ${event.pid} has no name`]),
    ...(event.ph !== 'X' || threads.has(track(event))
      ? []
      : [`thread ${track(event)} has no name`]),
  ])
}

function unsorted(events: readonly ChromeTraceEvent[]): string[] {
  return events.flatMap((event, index) =>
    event.ts < (events[index - 1]?.ts ?? 0) ? [`${event.name} at ${event.ts} comes too late`] : [],
  )
}

// As a stack of calls: what begins within another ends within it.
function overlaps(spans: readonly ChromeTraceEvent[]): string[] {
  const stacks = new Map<string, ChromeTraceEvent[]>()
  const endOf = ({ ts, dur = 0 }: ChromeTraceEvent): number => ts + dur
  return spans.flatMap((span) => {
    const stack = stacks.get(track(span)) ?? []
    stacks.set(track(span), stack)
    while (stack.length > 0 && endOf(stack.at(-1) ?? span) <= span.ts) stack.pop()
    const around = stack.at(-1)
    stack.push(span)
    return around !== undefined && endOf(span) > endOf(around)
      ? [`${track(span)}: ${span.name} at ${span.ts} outlasts ${around.name}`]
      : []
  })
}
