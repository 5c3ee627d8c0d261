// A run's start: what somebody says goes to the agent once, is shown meanwhile, and names where the run is read.
import { optimisticMessage, type OptimisticMessage } from '../core/chat-local.ts'
import { AgentStreamError, failedBy } from '../core/errors.ts'
import type { Mark } from '../core/received.ts'
import type { Start, StartAnswer } from './options.ts'
import { orAborted } from '../transport/or-aborted.ts'

/** Options of one `start()`. */
export interface StartOptions {
  /**
   * Shown at once, as `delivery: 'pending'`, until the agent has it; stays as `'failed'` when it could not be sent.
   * The id it names is the one that the server's echo replaces, and that another try takes the place of.
   */
  readonly optimistic?: OptimisticMessage | undefined
}

/** What a starter works with. */
export interface StarterOptions<Input> {
  readonly start: Start<Input>
  /** Puts a mark into the order of events, and publishes it. */
  readonly mark: (mark: Mark) => void
  /** The agent has it: reads the run where it can be read. @throws TypeError when nobody says where that is */
  readonly accept: (answer: StartAnswer) => void
  /** The agent does not have it. */
  readonly onFailed: (error: AgentStreamError) => void
  /** True for the id of a message that is there, say from before a reload. */
  readonly isTaken: (id: string) => boolean
}

/** Starts runs, one at a time. */
export interface Starter<Input> {
  /** True until the agent has answered. */
  readonly pending: boolean
  /** Resolves once the agent has answered, or could not be asked: the state says which. */
  start(input: Input, options: StartOptions): Promise<void>
  /** Gives up asking. */
  abort(): void
}

/** Makes the starter of one stream. */
export function createStarter<Input>(options: StarterOptions<Input>): Starter<Input> {
  let sending: AbortController | null = null
  let made = 0
  const freeId = (): string => {
    let id: string
    do id = `local:${made++}`
    while (options.isTaken(id))
    return id
  }
  return {
    get pending() {
      return sending !== null
    },
    async start(input, { optimistic }) {
      const controller = new AbortController()
      const { signal } = controller
      const message = optimistic === undefined ? null : optimisticMessage(optimistic, freeId())
      sending = controller
      options.mark({ type: 'submitted', message })
      if (signal.aborted) return
      try {
        const answer = ask(options.start, input, signal).then(checked)
        const taken = await orAborted(answer, signal, discard)
        if (signal.aborted) return
        sending = null
        options.accept(taken ?? undefined)
      } catch (cause) {
        if (signal.aborted) return
        sending = null
        options.onFailed(failedBy('send-failed', 'the input could not be sent', cause))
      }
    },
    abort() {
      if (sending === null) return
      sending.abort()
      sending = null
      options.mark({ type: 'unsent', error: null })
    },
  }
}

// In a function of its own, so that what it throws at once is a rejection too.
async function ask<Input>(
  start: Start<Input>,
  input: Input,
  signal: AbortSignal,
): Promise<StartAnswer> {
  return start(input, { signal })
}

// An agent that refuses does not have it.
function checked(answer: StartAnswer): StartAnswer {
  if (!isResponse(answer) || answer.ok) return answer
  discard(answer)
  const { status } = answer
  throw new AgentStreamError('http-status', `expected status 200, got ${status}`, { status })
}

// What is answered after somebody has stopped waiting for it.
function discard(answer: StartAnswer): void {
  if (isResponse(answer)) answer.body?.cancel().catch(() => {})
}

/** True for a response, also one of another realm or another fetch. */
export function isResponse(answer: StartAnswer): answer is Response {
  return answer !== undefined && 'headers' in answer && 'status' in answer
}
