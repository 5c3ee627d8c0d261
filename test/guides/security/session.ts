import type { Authorize } from 'framewise/relay'

/** Takes the session cookie of the application that the relay is part of. */
export function bySession(runsOf: (sessionId: string) => Promise<string[] | null>): Authorize {
  return async ({ header }, { stream }) => {
    const [, sessionId] = /(?:^|; )session=([\w-]+)/.exec(header('cookie') ?? '') ?? []
    const runs = sessionId === undefined ? null : await runsOf(sessionId)
    if (runs === null) return 'unauthorized'
    return runs.includes(stream) ? { untilMs: Date.now() + 3_600_000 } : 'not-found'
  }
}
