// From settings to a source.
import type { Settings } from '../settings.ts'
import type { Feed } from './feed.ts'
import { relayFeed } from './relay-feed.ts'
import { workerFeed } from './worker-feed.ts'

/**
 * Starts a run for so many readers.
 * @throws Error with advice when the source cannot be had
 */
export async function openFeed(
  settings: Settings,
  readers: number,
  signal: AbortSignal,
): Promise<Feed> {
  const { source, transport, rate, chunk, events, seed } = settings
  return source === 'worker'
    ? workerFeed({ kind: 'scenario', rate, chunk, events, seed }, readers)
    : relayFeed({ source, rate, chunk, events, seed }, transport, readers, signal)
}
