// How many viewers a relay has, by its metrics.
import { messageOf } from '../command-error.ts'

/** A count, or why there is none. */
export type RelayViewers =
  | { readonly count: number; readonly trouble: null }
  | { readonly count: null; readonly trouble: string }

const RELAY_MS = 1000

/** Asks a relay for the streams that it sends, over whichever transport. */
export async function askViewers(relayUrl: string): Promise<RelayViewers> {
  try {
    const response = await fetch(new URL('/metrics', relayUrl), {
      signal: AbortSignal.timeout(RELAY_MS),
    })
    const text = await response.text()
    if (!response.ok) {
      return unknown(
        `/metrics answers ${response.status}; with --admin-port they stand on that port alone`,
      )
    }
    const rows = [...text.matchAll(/^relay_clients(?:\{.*\})? (\d+)$/gm)]
    if (rows.length === 0) return unknown('there is no relay_clients in its /metrics')
    return { count: rows.reduce((sum, [, count]) => sum + Number(count), 0), trouble: null }
  } catch (error) {
    // fetch itself only says that it failed.
    return unknown(messageOf(error instanceof TypeError ? (error.cause ?? error) : error))
  }
}

const unknown = (trouble: string): RelayViewers => ({ count: null, trouble })
