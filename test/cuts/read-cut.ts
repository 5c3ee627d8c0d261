// Reads an endpoint to its end over any cuts, and tells what was shown and what the application was told.
import {
  type AgentEvent,
  type ChatMessage,
  createAgentStream,
  type Transport,
} from '../../src/index.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import type { Endpoint } from './endpoints.ts'

/** What came of one reading. */
export interface Outcome {
  readonly messages: readonly ChatMessage[]
  readonly events: readonly AgentEvent[]
  readonly status: string
  readonly counted: number
  readonly gaps: number
}

/** Reads until the run is over. */
export async function readCut({ protocol }: Endpoint, transport: Transport): Promise<Outcome> {
  const clock = createManualClock()
  const events: AgentEvent[] = []
  const stream = createAgentStream({
    id: 'cut',
    transport,
    protocol,
    clock,
    reconnect: { random: () => 0, maxAttempts: 1000 },
    onEvent: ({ event }) => events.push(event),
  })
  const settled = new Promise<void>((resolve) => {
    stream.store.subscribe(({ connection }) => connection === 'closed' && resolve())
  })
  stream.connect()
  // Retries wait no time here, but for a task of the clock.
  let done = false
  void settled.then(() => (done = true))
  while (!done) await clock.advance(20)
  stream.flush()
  const { messages, status, gaps } = stream.store.getState()
  stream.close()
  const counted = stream.metrics.snapshot().events
  return { messages, events, status, counted, gaps: gaps.length }
}
