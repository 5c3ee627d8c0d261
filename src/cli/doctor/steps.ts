// What is being done at the moment: one line on a terminal that is written over, and a line each where nobody watches.

/** Tells of steps. */
export interface Steps {
  at(step: string): void
  /** Clears the line. */
  end(): void
}

/** Makes steps on stderr. */
export function createSteps(tell: (line: string) => void): Steps {
  const { stderr } = process
  if (!stderr.isTTY) return { at: tell, end: () => {} }
  return {
    at: (step) => void stderr.write(`\r\u001b[K${step} …`),
    end: () => void stderr.write('\r\u001b[K'),
  }
}
