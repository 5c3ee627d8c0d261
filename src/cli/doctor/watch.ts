// `doctor --watch`: looks again and again until it is told to end. A Redis that goes away is shown as such and waited
// for: this is what somebody looks at while something is wrong.
import type { RedisNames } from '../../wire/redis-names.ts'
import { messageOf } from '../command-error.ts'
import { createAsker } from './asker.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { DoctorError } from './doctor-error.ts'
import { createLiveView, LOOK_BUDGET } from './live-view.ts'
import type { LiveLook } from './live-view.ts'
import type { Screen } from './screen.ts'
import { pause } from '../pause.ts'

/** What to watch. */
export interface WatchOptions {
  readonly url: string
  readonly title: string
  readonly streamId: string | null
  readonly names: RedisNames
  /** A relay whose /metrics tells of viewers, or null. */
  readonly relayUrl: string | null
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly screen: () => Screen
}

const RELAY_MS = 1000

/**
 * Watches until the signal is aborted.
 * @throws DoctorError when Redis is not there at the beginning
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { url, title, everyMs, relayUrl, signal } = options
  const view = createLiveView(options)
  let connection: Connection | null = await openConnection(url, signal)
  const screen = options.screen()
  try {
    while (!signal.aborted) {
      let look: LiveLook | null = null
      let trouble: string | null = null
      try {
        connection ??= await openConnection(url, signal)
        look = await view.look(createAsker(connection.send, LOOK_BUDGET), performance.now())
      } catch (error) {
        if (signal.aborted) break
        if (!(error instanceof DoctorError)) throw error
        trouble = messageOf(error)
        connection?.close()
        connection = null
      }
      const viewers = relayUrl === null ? null : await viewersOf(relayUrl)
      screen.show(look, { title, viewers, trouble })
      await pause(everyMs, signal)
    }
  } finally {
    screen.close()
    connection?.close()
  }
}

/** The streams that a relay sends, by its metrics; null where it does not tell. */
export async function viewersOf(relayUrl: string): Promise<number | null> {
  try {
    const response = await fetch(new URL('/metrics', relayUrl), {
      signal: AbortSignal.timeout(RELAY_MS),
    })
    const [, count] = /^relay_clients (\d+)/m.exec(await response.text()) ?? []
    return count === undefined ? null : Number(count)
  } catch {
    return null
  }
}
