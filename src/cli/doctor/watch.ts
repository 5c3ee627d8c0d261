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
import { askViewers } from './relay-viewers.ts'
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
  readonly warn: (message: string) => void
  readonly screen: () => Screen
}

/**
 * Watches until the signal is aborted.
 * @throws DoctorError when Redis is not there at the beginning
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { url, title, everyMs, signal } = options
  const view = createLiveView(options)
  const viewersNow = viewersOf(options)
  let connection: Connection | null = await openConnection(url, signal)
  await viewersNow() // what is wrong with the relay is said before the screen is taken
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
      const viewers = await viewersNow()
      screen.show(look, { title, viewers, trouble })
      await pause(everyMs, signal)
    }
  } finally {
    screen.close()
    connection?.close()
  }
}

/** Asks the relay at each look; that it does not tell is said once, until it does again. */
function viewersOf({ relayUrl, warn }: WatchOptions): () => Promise<number | null> {
  let isTelling = true
  return async () => {
    if (relayUrl === null) return null
    const { count, trouble } = await askViewers(relayUrl)
    if (trouble !== null && isTelling) {
      warn(`the relay at ${relayUrl} does not tell of viewers: ${trouble}`)
    }
    isTelling = trouble === null
    return count
  }
}
