// Subscriptions to doorbell and control channels. A message lost while the connection was away cannot be had back, so
// every (re)subscription ends in a wake of its own, with no message.
import type { RedisSession } from './redis-session.ts'
import type { Logger, Watch } from './backend.ts'

type Listener = (channel: string | null, message: string) => void

/** The subscriptions of a relay. */
export interface Doorbells {
  /** Calls with channel and message, or with null when messages may have been missed. */
  listen(channels: readonly string[], listener: Listener): Watch
  /** Subscribes everything anew on a new session. */
  run(session: RedisSession): Promise<void>
}

interface Bell {
  readonly channels: readonly string[]
  readonly listener: Listener
  readonly armed: PromiseWithResolvers<void>
}

/** Creates an empty set. `onQueued` is called after a subscription was queued on the connection. */
export function createDoorbells(
  current: () => RedisSession | null,
  onQueued: () => void,
  logger: Logger,
): Doorbells {
  const bells = new Set<Bell>()
  const byChannel = new Map<string, Set<Bell>>()
  let refused = false

  function onMessage(message: string, channel: string): void {
    for (const bell of byChannel.get(channel) ?? []) bell.listener(channel, message)
  }

  async function subscribe(session: RedisSession, some: readonly Bell[]): Promise<void> {
    if (some.length === 0) return
    const queued = session.subscribe([...new Set(some.flatMap((bell) => bell.channels))], onMessage)
    onQueued()
    try {
      await queued
    } catch (error) {
      if (current() !== session) return // the next session subscribes again
      tellRefusal(error)
    }
    for (const { armed, listener } of some) {
      armed.resolve()
      listener(null, '')
    }
  }

  // Logs can be read without their doorbells, only later.
  function tellRefusal(error: unknown): void {
    if (refused) return
    refused = true
    logger.warn(`Redis refuses SUBSCRIBE (${String(error)}): lists are polled now and then instead`)
  }

  function listen(channels: Bell['channels'], listener: Bell['listener']): Watch {
    const bell: Bell = { channels, listener, armed: Promise.withResolvers() }
    bells.add(bell)
    for (const channel of channels) {
      byChannel.set(channel, (byChannel.get(channel) ?? new Set()).add(bell))
    }
    const session = current()
    if (session !== null) void subscribe(session, [bell])
    return { ready: bell.armed.promise, close: () => silence(bell) }
  }

  function silence(bell: Bell): void {
    bell.armed.resolve()
    if (!bells.delete(bell)) return
    const idle = bell.channels.filter((channel) => {
      const others = byChannel.get(channel)
      others?.delete(bell)
      return others?.size === 0 && byChannel.delete(channel)
    })
    if (idle.length === 0) return
    current()
      ?.unsubscribe(idle, onMessage)
      .catch(() => {}) // a lost session has no subscriptions
  }

  return { listen, run: (session) => subscribe(session, [...bells]) }
}
