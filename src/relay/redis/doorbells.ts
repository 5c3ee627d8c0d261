// Subscriptions to doorbell and control channels. A message lost while the connection was away cannot be had back, so
// every (re)subscription ends in a call of its own, with no message.
import type { Logger, Watch } from '../backend.ts'
import type { RedisSession } from './redis-session.ts'

/** Hears what is published on a channel, and nulls when messages may have been missed. */
export type BellListener = (channel: string | null, message: string) => void

/** The subscriptions of a relay. */
export interface Doorbells {
  /** Hears channels that nobody else listens to. */
  listen(channels: readonly string[], listener: BellListener): Watch
  /** Subscribes everything anew on a new session. */
  run(session: RedisSession): void
}

interface Bell {
  readonly channels: readonly string[]
  readonly listener: BellListener
  readonly armed: PromiseWithResolvers<void>
}

/** Creates an empty set. `onQueued` is called after a subscription was queued on the connection. */
export function createDoorbells(onQueued: () => void, logger: Logger): Doorbells {
  const bells = new Map<string, Bell>() // by channel
  let session: RedisSession | null = null
  let told = false

  const onMessage = (message: string, channel: string): void =>
    bells.get(channel)?.listener(channel, message)

  async function subscribe(some: readonly Bell[]): Promise<void> {
    const current = session
    if (current === null || some.length === 0) return
    const queued = current.subscribe(
      some.flatMap(({ channels }) => channels),
      onMessage,
    )
    onQueued()
    await queued.catch((error: unknown) => current.isOpen() && tellRefusal(error))
    if (!current.isOpen()) return // the next session subscribes again
    for (const { armed, listener } of some) {
      armed.resolve()
      listener(null, '')
    }
  }

  // Logs can be read without their doorbells, only later.
  function tellRefusal(error: unknown): void {
    if (told) return
    told = true
    logger.warn(`Redis refuses SUBSCRIBE (${String(error)}): lists are polled now and then instead`)
  }

  function listen(channels: Bell['channels'], listener: BellListener): Watch {
    const bell: Bell = { channels, listener, armed: Promise.withResolvers() }
    for (const channel of channels) bells.set(channel, bell)
    void subscribe([bell])
    return { ready: bell.armed.promise, close: () => silence(bell) }
  }

  function silence({ channels, armed }: Bell): void {
    armed.resolve()
    for (const channel of channels) bells.delete(channel)
    session?.unsubscribe([...channels], onMessage).catch(() => {}) // a lost session has none
  }

  return {
    listen,
    run(next) {
      session = next
      void subscribe([...new Set(bells.values())])
    },
  }
}
