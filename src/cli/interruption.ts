// Ctrl-C and signals. SIGTERM asks to end in good order, Ctrl-C and any second signal at once; a command that dawdles
// then is ended.

const GRACE_MS = 2000
// A terminal's Ctrl-C comes twice under npm: from the terminal, and passed on by npm.
const SAME_MS = 200
const ORPHAN_LOOK_MS = 500

/** Exit code of a process that was interrupted before its work was done. */
export const INTERRUPTED = 130

/** How the process is asked to end. */
export interface Interruption {
  /** Aborted when it is asked to end. */
  readonly asked: AbortSignal
  /** Aborted when it is to end at once. */
  readonly atOnce: AbortSignal
}

/**
 * Listens to signals. To be called once.
 * @param patienceMs how long the command may take after a SIGTERM
 */
export function interruption(patienceMs = 0): Interruption {
  const asked = new AbortController()
  const atOnce = new AbortController()

  function hurry(): void {
    if (atOnce.signal.aborted) process.exit(INTERRUPTED)
    atOnce.abort()
    asked.abort()
    setTimeout(() => process.exit(INTERRUPTED), GRACE_MS).unref()
  }

  function ask(): void {
    if (asked.signal.aborted || patienceMs === 0) return hurry()
    asked.abort()
    setTimeout(hurry, patienceMs).unref()
  }

  process.on('SIGINT', once(hurry))
  process.on('SIGTERM', once(ask))
  if (process.env['npm_lifecycle_event'] !== undefined) {
    onceOrphaned(() => asked.signal.aborted || ask())
  }
  return { asked: asked.signal, atOnce: atOnce.signal }
}

/** Reacts to what comes twice at nearly the same time once. */
function once(react: () => void): () => void {
  let heardAt = -Infinity
  return () => {
    if (performance.now() - heardAt < SAME_MS) return
    heardAt = performance.now()
    react()
  }
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
