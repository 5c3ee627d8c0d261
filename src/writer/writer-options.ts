// What a writer can be told, and where in Redis it therefore writes.
import { STREAM_ID } from '../wire/protocol.ts'
import { nameOf, sunaNames } from '../wire/redis-names.ts'
import type { RedisNames } from '../wire/redis-names.ts'
import type { LogPlace } from './append-script.ts'
import type { CoalesceOptions } from './coalescer.ts'
import type { Stamp } from './payload.ts'

/** How a run lies in Redis. */
export type WriterLayout = 'suna-list' | 'suna-stream'

/** Options of {@link createStreamWriter}. */
export interface StreamWriterOptions {
  /** @default 'suna-stream' */
  readonly layout?: WriterLayout | undefined
  /** Templates of the names in Redis. @default Suna's names */
  readonly keys?: Partial<RedisNames> | undefined
  /** The run is forgotten so long after the last write or the writer's end, in ms. @default 3_600_000 */
  readonly ttlMs?: number | undefined
  /** Join tiny chunks. @default every event as it is */
  readonly coalesce?: CoalesceOptions | undefined
  /** `write` says false while more than this is not acknowledged, in bytes. @default 1 MiB */
  readonly maxUnacknowledgedBytes?: number | undefined
  /** Fails with `taken` instead of taking the run over from a writer that is not done. @default false */
  readonly exclusive?: boolean | undefined
  /** Ring the doorbell after each write. @default only in a list: a stream tells its readers itself */
  readonly doorbell?: boolean | undefined
  /** Write down when each event was given to `write`, as epoch ms. @default not written down */
  readonly stamp?: Stamp | undefined
  /** Called once when the run is asked to stop: at once in a list, within `stopPollMs` in a stream. */
  readonly onStop?: (() => void) | undefined
  /** How often the stop key is looked at, in ms. @default 1000 */
  readonly stopPollMs?: number | undefined
  /** Fails with `unreachable` when nothing is acknowledged for so long, in ms. @default 30_000 */
  readonly giveUpMs?: number | undefined
  /** Gives up at once when it is aborted: what is not acknowledged may be lost. */
  readonly signal?: AbortSignal | undefined
  /** Clock of the stamps, as epoch ms. @default Date.now */
  readonly now?: (() => number) | undefined
  /** Jitter of retries. @default Math.random */
  readonly random?: (() => number) | undefined
}

/**
 * Where a run is written.
 * @throws TypeError for an id or options that are wrong
 */
export function placeOf(id: string, options: StreamWriterOptions): LogPlace {
  if (!STREAM_ID.test(id)) {
    throw new TypeError(`expected an id of 1 to 128 of A-Z a-z 0-9 _ -, got "${id}"`)
  }
  const { layout = 'suna-stream', ttlMs = 3_600_000, stamp, coalesce } = options
  if (!(ttlMs >= 1000)) throw new TypeError(`expected ttlMs of at least 1000, got ${ttlMs}`)
  // Else the first write would fail, in the middle of the model's loop.
  if (coalesce !== undefined && typeof coalesce.delta !== 'function') {
    throw new TypeError('expected coalesce: { delta }, as agUiDelta or sunaDelta')
  }
  const names = { ...sunaNames, ...options.keys }
  const list = layout === 'suna-list'
  const stampField = stamp && 'field' in stamp ? stamp.field : null
  if (list && stampField !== null) {
    throw new TypeError('a list has no fields: expected stamp: { property }')
  }
  return {
    key: nameOf(list ? names.list : names.stream, id),
    field: list ? null : names.field,
    stampField,
    doorbell: (options.doorbell ?? list) ? nameOf(names.doorbell, id) : null,
    control: list ? nameOf(names.control, id) : null,
    ttlMs: Math.round(ttlMs),
  }
}
