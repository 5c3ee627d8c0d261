// Where a server's own runs go: into the backend that its relay reads from.
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import { messageOf } from '../command-error.ts'
import type { EventWriter } from './event-writer.ts'
import type { Logger } from '../logger.ts'
import { createRedisWriter } from './redis-writer.ts'

/** A place for runs. */
export interface RunStore {
  readonly backend: 'memory' | 'redis'
  /** Layout that runs are written in unless asked otherwise. */
  readonly layout: 'memory' | SunaLayout
  /** @throws CommandError when the store cannot be reached */
  open(id: string, options?: OpenOptions): Promise<EventWriter>
}

/** How to open a run. */
export interface OpenOptions {
  readonly layout?: SunaLayout | undefined
  /** Called when the run is asked to stop. */
  readonly onStop?: (() => void) | undefined
}

/** A backend that keeps logs in memory and takes payloads. */
export interface Appendable {
  append(id: string, payload: string): Promise<unknown>
  /** Calls for every run that is asked to stop. */
  onStop(listener: (id: string) => void): () => void
}

/** Stores runs in this process. */
export function memoryRunStore(memory: Appendable, logger: Logger): RunStore {
  const writerOf = (id: string, leave: () => void): EventWriter => ({
    write(payload) {
      memory.append(id, payload).catch((error: unknown) => {
        logger.warn(`run ${id}: ${messageOf(error)}`)
      })
      return undefined
    },
    end: () => Promise.resolve(leave()),
    abandon: leave,
  })
  const open = (id: string, { onStop }: OpenOptions = {}): Promise<EventWriter> => {
    const leave = memory.onStop((asked) => asked === id && onStop?.())
    return Promise.resolve(writerOf(id, leave))
  }
  return { backend: 'memory', layout: 'memory', open }
}

/** Stores runs in Redis, each over a connection of its own for as long as it lasts. */
export function redisRunStore(url: string, layout: SunaLayout | 'auto'): RunStore {
  const usual = layout === 'auto' ? 'suna-stream' : layout
  return {
    backend: 'redis',
    layout: usual,
    open: (id, { layout: asked = usual, onStop } = {}) =>
      createRedisWriter({ url, layout: asked, id, onStop }),
  }
}
