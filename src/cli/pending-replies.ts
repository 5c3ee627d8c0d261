// Replies of Redis that are still to come: only their number and the first failure matter.
import { CommandError, messageOf } from './command-error.ts'

/** Counts replies. */
export interface PendingReplies {
  /** Counts a reply until it comes. */
  add(reply: Promise<unknown>): void
  /** How many are still to come. */
  size(): number
  /** @throws CommandError when something that was sent has failed */
  check(): void
  /** Resolves when all that was sent is answered. */
  drained(): Promise<void>
}

/** Makes a counter that has nothing to wait for. */
export function createPendingReplies(): PendingReplies {
  let count = 0
  let failure: unknown = null
  let waiting: (() => void)[] = []
  const settle = (): void => {
    if (--count > 0) return
    for (const wake of waiting) wake()
    waiting = []
  }
  const check = (): void => {
    if (failure === null) return
    throw new CommandError(`writing to Redis failed: ${messageOf(failure)}`, { cause: failure })
  }
  return {
    add(reply) {
      count++
      reply.catch((error: unknown) => (failure ??= error)).finally(settle)
    },
    size: () => count,
    check,
    async drained() {
      if (count > 0) await new Promise<void>((wake) => waiting.push(wake))
      check()
    },
  }
}
