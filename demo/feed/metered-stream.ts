// A stream over one of a feed's transports, with a meter, and the moment when it is over for good.
import { createAgentStream, type Schedule, type Transport } from 'framewise'
import { createMeter } from 'framewise/metrics'
import type { MeteredStream } from '../chat/chat-view.tsx'
import type { Feed } from './feed.ts'

/** Makes a stream of `feed` that publishes by `schedule`. */
export function meteredStream(
  { protocol, reconnect }: Feed,
  transport: Transport,
  schedule: Schedule,
): MeteredStream {
  return createAgentStream({ transport, protocol, reconnect, schedule, metrics: createMeter })
}

/** Resolves once the run is over and the wire is closed: nothing will change any more. */
export function settled({ store }: MeteredStream): Promise<void> {
  const isSettled = (): boolean => {
    const { status, connection } = store.getState()
    return connection === 'closed' && status !== 'idle' && status !== 'streaming'
  }
  return new Promise((resolve) => {
    if (isSettled()) return resolve()
    const unsubscribe = store.subscribe(() => {
      if (!isSettled()) return
      unsubscribe()
      resolve()
    })
  })
}
