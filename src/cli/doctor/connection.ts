// A connection to be examined over. It speaks RESP2, which every server knows, sends nothing of its own accord, and does
// not come back by itself: a server that goes away in the middle is a finding, not a thing to wait for.
import { createClient } from '@redis/client'
import { messageOf } from '../command-error.ts'
import { checkRedisUrl, connectTrouble } from '../redis-client.ts'
import type { RedisClient } from '../redis-client.ts'
import { DoctorError } from './doctor-error.ts'

const CONNECT_MS = 10_000

/** An open connection. */
export interface Connection {
  readonly client: RedisClient
  /** From nothing to the first answer, TLS and login included, in ms. */
  readonly tookMs: number
  send(args: readonly string[]): Promise<unknown>
  close(): void
}

/**
 * Connects and hears a first answer.
 * @throws UsageError for an address that is none, DoctorError in one sentence for anything else, the signal's reason
 */
export async function openConnection(
  url: string,
  signal: AbortSignal,
  resp: 2 | 3 = 2,
): Promise<Connection> {
  const client = clientOf(checkRedisUrl(url), resp)
  const late = AbortSignal.timeout(CONNECT_MS)
  const giveUp = (): void => client.destroy()
  const ends = AbortSignal.any([late, signal])
  ends.addEventListener('abort', giveUp)
  const begun = performance.now()
  try {
    signal.throwIfAborted()
    await client.connect()
    await client.sendCommand(['PING']).catch(unlessNotPermitted)
    const tookMs = performance.now() - begun
    return {
      client,
      tookMs,
      send: (args) => client.sendCommand([...args]),
      close: () => client.isOpen && client.destroy(),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (client.isOpen) client.destroy()
    const said = late.aborted ? `no answer within ${CONNECT_MS} ms` : messageOf(error)
    throw new DoctorError(connectTrouble(url, said), { cause: error })
  } finally {
    ends.removeEventListener('abort', giveUp)
  }
}

function clientOf(url: string, resp: 2 | 3): RedisClient {
  const client: RedisClient = createClient({
    url,
    RESP: resp as 3, // the type of replies is not looked at
    emitInvalidate: resp === 3,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
  })
  client.on('error', () => {}) // told by the promises of what was sent
  return client
}

function unlessNotPermitted(error: unknown): void {
  if (!messageOf(error).startsWith('NOPERM')) throw error
}
