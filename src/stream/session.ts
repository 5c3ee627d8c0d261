// What outlives a reload: how far a stream had come and what it showed then, written when the page is about to go.
// Both are saved together or not at all: a cursor without its text would lose that text for good.
import type { Position } from '../core/intake.ts'
import type { RunState } from '../core/run.ts'

/** Options of `resume`. */
export interface ResumeOptions {
  /** Name under which the stream is kept; streams that may be open in one tab at the same time need names of their own. */
  readonly key: string
  /** @default sessionStorage, which a tab has for itself */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
}

/** A stream as it is kept. */
export interface SavedStream {
  readonly id: string
  readonly position: Position
  readonly run: Pick<RunState, 'status' | 'runId' | 'finish'>
  readonly state: unknown
  /** Where the run is read, when `start` said so. */
  readonly url?: string | undefined
}

/** Keeps one stream over reloads. */
export interface Session {
  /** What was kept of this stream, or null. */
  load(): SavedStream | null
  /** Keeps it; null forgets it. What the storage refuses (its quota, a private window), or JSON, is forgotten too. */
  save(saved: SavedStream | null): void
}

// A newer shape under the same key is not read by an older page.
const VERSION = 1

/** Makes the session of the stream with this id. */
export function createSession({ key, storage }: ResumeOptions, id: string): Session {
  const name = `framewise:${key}`
  // Merely to name the storage throws where a page may not have one.
  const attempt = <T>(act: (storage: NonNullable<ResumeOptions['storage']>) => T): T | null => {
    try {
      return act(storage ?? sessionStorage)
    } catch {
      return null
    }
  }
  return {
    load: () =>
      attempt((storage) => {
        const { version, ...saved } = JSON.parse(storage.getItem(name) ?? '{}') as SavedStream & {
          readonly version?: unknown
        }
        const { position, run, state } = saved
        const whole = typeof position?.cursor === 'string' && run && state
        return whole && version === VERSION && saved.id === id ? saved : null
      }),
    save(saved) {
      attempt((storage) => {
        storage.removeItem(name)
        if (saved === null) return
        storage.setItem(name, JSON.stringify({ version: VERSION, ...saved }))
      })
    },
  }
}
