// Ctrl-C and SIGTERM: the first asks the command to end, the second, or a command that dawdles, ends it.

const GRACE_MS = 2000
// A terminal's Ctrl-C comes twice under npm: from the terminal, and passed on by npm.
const SAME_MS = 200
const ORPHAN_LOOK_MS = 500

/** Exit code of a process that was interrupted before its work was done. */
export const INTERRUPTED = 130

/** A signal that is aborted when the process is asked to end. To be called once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  let askedAt = 0
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - askedAt > SAME_MS) process.exit(INTERRUPTED)
      return
    }
    askedAt = performance.now()
    controller.abort()
    setTimeout(() => process.exit(INTERRUPTED), GRACE_MS).unref()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  if (process.env['npm_lifecycle_event'] !== undefined) onceOrphaned(onSignal)
  return controller.signal
}

// npm runs a script in a shell that keeps SIGTERM to itself: a server would outlive them both, and hold its port.
function onceOrphaned(tell: () => void): void {
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    tell()
  }, ORPHAN_LOOK_MS)
  look.unref()
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
