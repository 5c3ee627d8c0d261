// How soon a dead link is noticed, and whether buffers can matter: rate × round trip is all that is ever under way.
import { bytesText, rounded } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ServerFacts } from './server-facts.ts'

/** What Linux lets a socket's send buffer grow to by itself (tcp_wmem). */
const KERNEL_BUFFER = 4 * 1024 * 1024
/** A busy model: chunks a second, and bytes of Suna's envelope around each. */
const TYPICAL_BYTES_PER_S = 300 * 400

/**
 * Rates the server's settings; null where it does not tell.
 * @param bytesPerS of the stream that was looked at; null for that of a busy model
 */
export function rateKeepalive(
  { config }: ServerFacts,
  roundTripMs: number,
  bytesPerS: number | null,
): Finding | null {
  const idle = config.get('tcp-keepalive')
  if (idle === undefined) return null
  const timeout = Number(config.get('timeout') ?? 0)
  const isOff = idle === '0'
  const isHasty = timeout > 0 && timeout < 60
  const inFlight = ((bytesPerS ?? TYPICAL_BYTES_PER_S) * roundTripMs) / 1000
  return {
    id: 'keepalive',
    value: isOff ? 'off' : Number(idle),
    unit: isOff ? '' : 's',
    rating: isOff || isHasty ? 'needs-work' : 'good',
    why:
      (isOff ? 'The server never notices a peer that is gone. ' : '') +
      (isHasty ? `It closes connections that were quiet for ${timeout} s. ` : '') +
      'At the clients, 1:1:3 (idle, interval, probes) ends a healthy link after a hiccup of 4 s. ' +
      `At ${bytesText(bytesPerS ?? TYPICAL_BYTES_PER_S)}/s ${bytesPerS === null ? '(300 chunks/s) ' : ''}` +
      `and ${rounded(roundTripMs)} ms, ${bytesText(inFlight)} are under way: ` +
      (inFlight < KERNEL_BUFFER
        ? 'larger kernel buffers or a pool of 256 cannot help (4 MB a socket gets by itself).'
        : 'more than a send buffer grows to by itself, so that a larger limit can help; a pool of 256 cannot.'),
    advice: isOff
      ? 'Set tcp-keepalive 300, the default.'
      : isHasty
        ? 'Set timeout 0, or above 60, or let clients ping.'
        : '',
  }
}
