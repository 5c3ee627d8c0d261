// Who waits for what a writer brings about. A failure is final and ends every wait; once somebody has been told of it,
// closing need not say it again.
import type { StreamWriterError } from './writer-error.ts'

/** Waits and the failure that ends them. */
export interface Waiters {
  /** Resolves when it is due. @throws the failure */
  until(isDue: () => boolean): Promise<void>
  /** Looks who is due. */
  wake(): void
  /** Ends every wait, now and later; false when that has happened before. */
  fail(error: StreamWriterError): boolean
  /** @throws the failure */
  check(): void
  /** True while a failure is known that nobody has been told of, or none is known. */
  hasNews(): boolean
}

/** Creates the waiters of one writer. */
export function createWaiters(): Waiters {
  let waiting: { readonly isDue: () => boolean; readonly settle: () => void }[] = []
  let failure: StreamWriterError | null = null
  let told = false

  function wake(): void {
    const due = waiting.filter(({ isDue }) => failure !== null || isDue())
    waiting = waiting.filter((one) => !due.includes(one))
    for (const { settle } of due) settle()
  }

  function check(): void {
    if (failure === null) return
    told = true
    throw failure
  }

  return {
    async until(isDue) {
      if (failure === null && !isDue()) {
        await new Promise<void>((settle) => waiting.push({ isDue, settle }))
      }
      check()
    },
    wake,
    fail(error) {
      if (failure !== null) return false
      failure = error
      wake()
      return true
    },
    check,
    hasNews: () => !told,
  }
}
