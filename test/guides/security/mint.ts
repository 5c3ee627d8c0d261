import { signToken } from 'framewise/relay'

const secret = process.env['FRAMEWISE_SECRET'] ?? ''

/** For who may see this run, and stop it. */
export function mintToken(runId: string): string {
  return signToken(secret, { streams: [runId], rights: ['read', 'stop'], expiresInMs: 15 * 60_000 })
}

/** For `new EventSource(`/v1/streams/${runId}/events?ticket=${ticket}`)`: 30 s to connect, an hour to stay. */
export function mintTicket(runId: string): string {
  return signToken(secret, { streams: [runId], ticket: true, expiresInMs: 30_000 })
}
