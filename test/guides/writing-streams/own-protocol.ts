import { createStreamWriter, type DeltaOf, type WriterClient } from 'framewise/writer'

interface Token {
  readonly kind: 'token'
  readonly to: string
  readonly text: string
}

const isToken = (event: object): event is Token => 'kind' in event && event.kind === 'token'

/** What of these events only lengthens a text, and which. */
export const tokenDelta: DeltaOf = (event) =>
  typeof event === 'object' && isToken(event)
    ? { key: event.to, text: event.text, withText: (text) => ({ ...event, text }) }
    : null

/** A writer for them, in Suna's list layout. */
export const tokenWriter = (redis: WriterClient, runId: string) =>
  createStreamWriter(redis, runId, {
    layout: 'suna-list',
    coalesce: { ms: 20, chars: 256, delta: tokenDelta },
    stamp: { property: 'receivedAt' },
    exclusive: true, // a second worker with this run fails with `taken`
  })
