// A run out of the relay: the server writes it into its backend, and every reader has its own connection.
import { type Protocol, sse, type Transport, webSocket } from 'framewise'
import { agUi, suna } from 'framewise/protocols'
import { createRun, endRun, type RunRequest } from '../demo-server.ts'
import type { Settings } from '../settings.ts'
import type { Feed } from './feed.ts'

/**
 * Has the server write a run, and reads it over `transport`.
 * @throws Error with advice when the server is not there or refuses
 */
export async function relayFeed(
  request: RunRequest,
  transport: Settings['transport'],
  readers: number,
  signal?: AbortSignal,
): Promise<Feed> {
  const run = await createRun(request, signal)
  const open = (): Transport =>
    transport === 'ws'
      ? webSocket({ url: '/v1/ws', stream: run.id })
      : sse({ url: `/v1/streams/${run.id}/events` })
  return {
    protocol: protocolNamed(run.protocol),
    reconnect: {},
    transports: Array.from({ length: readers }, open),
    close() {},
    cancel: () => endRun(run.id),
  }
}

/** The protocol that a server or a recording names; AG-UI where it names none that is known. */
export function protocolNamed(name: string): Protocol {
  return name === 'suna' ? suna() : agUi
}
