// What tests of writers look at: the log as it is in Redis, in either layout.
import { createClient } from '@redis/client'
import type { WriterLayout } from '../../src/writer/index.ts'

export const LAYOUTS: readonly WriterLayout[] = ['suna-list', 'suna-stream']

/** A client whose failures are told by what it is asked. */
export const connected = (url: string, options: { RESP?: 2 | 3 } = {}) =>
  createClient({ url, socket: { reconnectStrategy: () => 10 }, ...options })
    .on('error', () => {})
    .connect()

export type TestClient = Awaited<ReturnType<typeof connected>>

export const keyOf = (layout: WriterLayout, id: string): string =>
  layout === 'suna-list' ? `agent_run:${id}:responses` : `agent_run:${id}:stream`

/** All payloads of a run, in the order of its log. */
export async function logOf(
  client: Pick<TestClient, 'lRange' | 'xRange'>,
  layout: WriterLayout,
  id: string,
): Promise<string[]> {
  if (layout === 'suna-list') return client.lRange(keyOf(layout, id), 0, -1)
  const entries = await client.xRange(keyOf(layout, id), '-', '+')
  return (entries ?? []).map(({ message }) => message['data'] ?? '')
}
