// Says why a request hangs: over HTTP/1.1 a browser makes six connections to an origin, over all of its tabs, and keeps
// the next one waiting without a word. Every request shows itself to the other tabs by a shared Web Lock that is named
// after the origin; nobody ever waits for one.
// @see https://developer.mozilla.org/docs/Web/API/Web_Locks_API
import type { Clock } from '../core/clock.ts'
import { AgentStreamError } from '../core/errors.ts'
import { absoluteUrl } from './absolute-url.ts'

/** A request, from before it is made until its connection is free again. */
export interface HeldConnection {
  /** The other side answered: the request is not held back. */
  answered(): void
  /** The connection is over. Idempotent. */
  release(): void
}

const LIMIT = 6
const PATIENCE_MS = 4000

// What this page holds: all that can be counted where it may not lock.
const here = new Set<{ readonly name: string }>()

/**
 * Counts a request among the connections to its origin. Calls `onStall` once at most, when the request seems to wait
 * for one of them; it goes on waiting. Outside of a browser, where no such limit holds, nothing is counted.
 * @throws TypeError when the address is none, as `fetch` does
 */
export function holdConnection(
  url: string,
  clock: Pick<Clock, 'setTimer'>,
  onStall: (error: AgentStreamError) => void,
): HeldConnection {
  if (typeof location === 'undefined') return { answered() {}, release() {} }
  const { locks } = navigator as { readonly locks?: LockManager }
  const { origin } = absoluteUrl(url)
  const self = { name: `framewise ${origin}` }
  let waiting = true
  let free = (): void => {}
  const over = new Promise<void>((resolve) => (free = resolve))
  here.add(self)
  // A page without an origin of its own may not lock. It counts alone.
  locks?.request(self.name, { mode: 'shared' }, () => over).catch(() => {})
  const check = async (): Promise<void> => {
    const { held = here } = (await locks?.query().catch(() => {})) ?? {}
    let others = -1
    for (const { name } of held) if (name === self.name) others++
    if (waiting && others >= LIMIT && !isMultiplexed(origin)) onStall(stalled(origin, others))
  }
  const cancel = clock.setTimer(check, PATIENCE_MS)
  const answered = (): void => {
    waiting = false
    cancel()
  }
  return {
    answered,
    release() {
      answered()
      here.delete(self)
      free()
    },
  }
}

/** True when something from this origin is known to have come over HTTP/2 or 3, where all share one connection. */
function isMultiplexed(origin: string): boolean {
  return performance
    .getEntries()
    .some(
      (entry) =>
        'nextHopProtocol' in entry &&
        /^h[23]/.test(String(entry.nextHopProtocol)) &&
        entry.name.startsWith(`${origin}/`),
    )
}

const stalled = (origin: string, others: number): AgentStreamError =>
  new AgentStreamError(
    'connection-stalled',
    `no answer from ${origin}: ${others} other streams of this browser's tabs are open to it, and HTTP/1.1 has ` +
      `${LIMIT} connections; serve over HTTP/2, or use webSocket({ url: '/v1/ws', stream })`,
  )
