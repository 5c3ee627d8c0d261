// Reads a run to its end over any cuts, and tells what was shown and what the application was told.
import {
  type AgentEvent,
  type AgentStreamOptions,
  type ChatMessage,
  createAgentStream,
} from '../../src/index.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'

/** What came of one reading. */
export interface Outcome {
  readonly messages: readonly ChatMessage[]
  readonly events: readonly AgentEvent[]
  readonly status: string
  readonly gaps: number
}

/** Reads until the connection is closed for good; starts the run where the options say how. */
export async function readCut(options: AgentStreamOptions): Promise<Outcome> {
  const clock = createManualClock()
  const events: AgentEvent[] = []
  const stream = createAgentStream({
    ...options,
    clock,
    reconnect: { random: () => 0, maxAttempts: 1000 },
    onEvent: ({ event }) => events.push(event),
  })
  let closed = false
  stream.store.subscribe(({ connection }) => (closed = connection === 'closed'))
  if (options.start === undefined) stream.connect()
  else await stream.start('Hi')
  while (!closed) await clock.advance(20)
  stream.flush()
  const { messages, status, gaps } = stream.store.getState()
  stream.close()
  return { messages, events, status, gaps: gaps.length }
}
