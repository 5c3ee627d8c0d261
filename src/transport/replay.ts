// A recording as a transport: the events it holds, at the times it holds, on the clock it is given.
import type { Clock } from '../core/clock.ts'
import type { Frame } from '../core/protocol.ts'
import type { RecordedEvent, Recording } from '../wire/recording.ts'
import { createInbox } from './inbox.ts'
import type { OpenOptions, Read, Transport } from './transport.ts'

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** How many times faster than recorded; `Infinity` gives all at once. @default 1 */
  readonly speed?: number | undefined
}

/**
 * Plays a recording, from its beginning or after a cursor it holds.
 * Pacing is by due times: a late timer gives several events at once and never shifts the rest.
 */
export function replay(recording: Recording, options: ReplayOptions = {}): Transport {
  const speed = options.speed ?? 1
  if (!(speed > 0)) throw new TypeError(`expected \`speed\` above 0, got ${speed}`)
  return { name: 'replay', open: (open) => play(recording.events, speed, open) }
}

async function* play(
  all: readonly RecordedEvent[],
  speed: number,
  { after, clock, signal }: OpenOptions,
): AsyncGenerator<Read> {
  const events = after === null ? all : all.slice(all.findIndex(({ id }) => id === after) + 1)
  const inbox = createInbox(signal)
  inbox.put({ at: clock.now(), frames: [] })
  const cancel = pace(events, speed, clock, {
    due: (batch) => inbox.put({ at: clock.now(), frames: batch.map(toFrame) }),
    end: () => inbox.end(),
  })
  try {
    yield* inbox.reads()
  } finally {
    cancel()
  }
}

// A timer for longer than this wraps and fires at once; `step` looks again at what is due.
const MAX_WAIT_MS = 2 ** 31 - 1

interface Pacing {
  due(batch: readonly RecordedEvent[]): void
  end(): void
}

function pace(
  events: readonly RecordedEvent[],
  speed: number,
  clock: Clock,
  pacing: Pacing,
): () => void {
  const startedAt = clock.now()
  const origin = events[0]?.t ?? 0
  const dueAt = (index: number): number =>
    startedAt + ((events[index]?.t ?? Infinity) - origin) / speed
  let next = 0
  let cancel = (): void => {}
  const step = (): void => {
    const first = next
    while (next < events.length && dueAt(next) <= clock.now()) next++
    if (next > first) pacing.due(events.slice(first, next))
    if (next === events.length) pacing.end()
    else cancel = clock.setTimer(step, Math.min(dueAt(next) - clock.now(), MAX_WAIT_MS))
  }
  cancel = clock.requestTask(step)
  return () => cancel()
}

const toFrame = ({ id, data }: RecordedEvent): Frame => ({
  event: 'message',
  id: id ?? undefined,
  data,
})
