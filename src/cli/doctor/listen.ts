// Listens to a run that goes on. Redis tells of each change of the log's key (CLIENT TRACKING in broadcast mode, which
// reads nothing) and the doorbell comes over the same connection: the time between the two is the writer's own, and no
// distance from here adds to it. Nothing is written, and nothing is left behind when the connection closes.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { openConnection } from './connection.ts'
import type { RunKey } from './runs.ts'

/** When what was heard, in ms of this process. */
export interface Heard {
  /** Changes of the log. */
  readonly writesMs: readonly number[]
  /** Doorbells. */
  readonly bellsMs: readonly number[]
}

/** How long to listen. */
export interface ListenOptions {
  readonly url: string
  readonly run: RunKey
  readonly names: RedisNames
  readonly signal: AbortSignal
  /** At most. @default 5000 */
  readonly mostMs?: number | undefined
  /** Enough writes. @default 20 */
  readonly enough?: number | undefined
}

const SILENCE_MS = 2500

/** Listens; null where the server does not tell of changes. Nothing for some seconds is heard as nothing. */
export async function listen(options: ListenOptions): Promise<Heard | null> {
  const { url, run, names, signal, mostMs = 5000, enough = 20 } = options
  const writesMs: number[] = []
  const bellsMs: number[] = []
  const connection = await openConnection(url, signal, 3).catch((error: unknown) => {
    signal.throwIfAborted()
    void error // no RESP3 there
    return null
  })
  if (connection === null) return null
  const { client } = connection
  try {
    client.on('invalidate', (key: unknown) => {
      if (key === null || String(key) === run.key) writesMs.push(performance.now())
    })
    // The client has switched it on in its own way, which first has to be undone.
    await connection.send(['CLIENT', 'TRACKING', 'OFF'])
    await connection.send(['CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', run.key])
    await client.subscribe(nameOf(names.doorbell, run.id), () => {
      bellsMs.push(performance.now())
    })
    await untilHeard()
    return { writesMs, bellsMs }
  } catch {
    signal.throwIfAborted()
    return null // not permitted, or not known there
  } finally {
    connection.close()
  }

  function untilHeard(): Promise<void> {
    return new Promise((resolve) => {
      const begun = performance.now()
      const look = setInterval(() => {
        const now = performance.now()
        const last = Math.max(begun, writesMs.at(-1) ?? 0, bellsMs.at(-1) ?? 0)
        const isOver = now - begun > mostMs || now - last > SILENCE_MS || writesMs.length >= enough
        if (isOver || signal.aborted) {
          clearInterval(look)
          resolve()
        }
      }, 50)
    })
  }
}
