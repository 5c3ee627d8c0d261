// A stream in a test's hand: manual time, a transport played by hand, and what subscribers were shown.
import { type AgentStreamOptions, createAgentStream } from '../src/index.ts'
import type { Frame } from '../src/core/protocol.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { fakeTransport } from '../src/testing/fake-transport.ts'

type Extra = Partial<Omit<AgentStreamOptions, 'transport' | 'url'>>

export function setUpStream(extra: Extra = {}) {
  const clock = createManualClock()
  const transport = fakeTransport()
  const reconnect = { random: () => 0.9, ...extra.reconnect }
  const stream = createAgentStream({ transport, clock, ...extra, reconnect })
  const writes: { text: string; status: string; connection: string }[] = []
  stream.store.subscribe(({ messages, status, connection }) => {
    writes.push({ text: messages.map(({ text }) => text).join('|'), status, connection })
  })
  return { clock, transport, stream, writes, state: () => stream.store.getState() }
}

let counter = 0
export const event = (payload: object, id = `c-${++counter}`): Frame => ({
  event: 'message',
  id,
  data: JSON.stringify(payload),
})
export const delta = (text: string, id?: string): Frame =>
  event({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: text }, id)
export const control = (name: string, payload: object, id?: string): Frame => ({
  event: `relay.${name}`,
  id,
  data: JSON.stringify(payload),
})
export const started = (runId = 'r'): Frame => event({ type: 'RUN_STARTED', threadId: 't', runId })
export const finished = (runId = 'r'): Frame =>
  event({ type: 'RUN_FINISHED', threadId: 't', runId })
