// One line on a terminal that says how far a run is; nothing where nobody watches.

const EVERY_MS = 1000

/** Shows progress. */
export interface Progress {
  /** So many events are written; shown once a second. */
  at(written: number): void
  /** Clears the line. */
  end(): void
}

/** Makes a progress line on stderr for so many events, or for who knows how many. */
export function createProgress(total?: number): Progress {
  const { stderr } = process
  if (!stderr.isTTY) return { at: () => {}, end: () => {} }
  let shown = performance.now()
  return {
    at(written) {
      if (performance.now() - shown < EVERY_MS) return
      shown = performance.now()
      stderr.write(`\r${written} ${total === undefined ? '' : `of ${total} `}events`)
    },
    end: () => void stderr.write('\r\u001b[K'),
  }
}
