import { createRelay } from 'framewise/relay'
import type { Backend, Relay } from 'framewise/relay'

/** What the app knows of a visitor. */
export interface Session {
  readonly runs: ReadonlySet<string>
  /** As ms since 1970. */
  readonly endsMs: number
}

/** A relay that asks the app who its visitors are. */
export function relayOfApp(
  backend: Backend,
  sessionOf: (cookie: string | undefined) => Promise<Session | null>,
): Relay {
  return createRelay({
    backend,
    async authorize(request, { stream, right }) {
      const session = await sessionOf(request.header('cookie'))
      if (session === null) return 'unauthorized'
      if (!session.runs.has(stream)) return 'not-found'
      return right === 'read' ? { untilMs: session.endsMs } : 'stop-not-permitted'
    },
  })
}
