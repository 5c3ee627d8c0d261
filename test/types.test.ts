// The public API as an application's compiler sees it: what has to compile, what must not, and what is inferred.
import { expect, expectTypeOf, it } from 'vitest'
import {
  type AgentStream,
  type AgentStreamOptions,
  type AgentStreamState,
  type ChatMessage,
  createAgentStream,
  fromAsyncIterable,
  isAgentStreamError,
  type MessagePart,
  type Protocol,
  replay,
  sse,
  webSocket,
} from 'framewise'
import { createMeter, type MeterSnapshot } from 'framewise/metrics'
import { agUi, suna } from 'framewise/protocols'
import { useAgentStream, useMessage, useStreamMetrics, useStreamState } from 'framewise/react'

const url = '/v1/streams/run-1/events'
const maybe = <T>(value: T): T | undefined => value

it('gives a stream the types of its options', () => {
  expectTypeOf(createAgentStream({ url })).toEqualTypeOf<AgentStream>()
  const measured = createAgentStream({ url, metrics: createMeter })
  expectTypeOf(measured.metrics.snapshot()).toEqualTypeOf<MeterSnapshot>()
  const counted = createAgentStream({ url, reduce: (n: number) => n + 1, initialState: 0 })
  expectTypeOf(counted.store.getState().state).toEqualTypeOf<number>()
  expectTypeOf(counted.store.getState()).toEqualTypeOf<AgentStreamState<number>>()
})

it('takes undefined for every option that may be left out', () => {
  const options: AgentStreamOptions = {
    url,
    id: maybe('a'),
    token: maybe('t'),
    headers: maybe({ a: 'b' }),
    fetch: maybe(fetch),
    protocol: maybe<Protocol>(agUi),
    schedule: maybe('frame' as const),
    initialMessages: maybe<ChatMessage[]>([]),
    reconnect: { maxAttempts: maybe(1), baseMs: maybe(1), capMs: maybe(1), random: maybe(() => 0) },
    onEvent: maybe(() => {}),
    onFinish: maybe(() => {}),
  }
  expect(createAgentStream(options).id).toBe('a')
})

it('takes every transport, protocol and schedule', () => {
  const recording = { framewise: 1, layout: 'memory', protocol: 'ag-ui', events: [] } as const
  const transports = [
    sse({ url, token: async ({ reason }) => reason }),
    webSocket({ url: '/v1/ws', stream: 'run-1' }),
    replay(recording, { speed: Infinity }),
    fromAsyncIterable(
      (async function* () {
        yield 'text'
      })(),
    ),
  ]
  for (const transport of transports) {
    createAgentStream({ transport, protocol: suna(), schedule: { throttle: 50 } })
  }
})

it('tells errors by their code', () => {
  const caught: unknown = null
  if (isAgentStreamError(caught)) expectTypeOf(caught.status).toEqualTypeOf<number | undefined>()
})

/** Narrows by `if` as well as by `switch`. */
export function wordsOf(part: MessagePart): unknown {
  if (part.type === 'text' || part.type === 'reasoning') return part.text
  if (part.type === 'tool-call') return part.args
  if (part.type === 'data') return part.value
  return part.content
}

// Compiled and never called: hooks need a component, and misuse would throw.
export function useIt(stream: AgentStream<number, MeterSnapshot>): void {
  const { messages, state, stop } = useAgentStream(stream)
  expectTypeOf(messages).toEqualTypeOf<readonly ChatMessage[]>()
  expectTypeOf(state).toEqualTypeOf<number>()
  expectTypeOf(stop).toBeCallableWith({ cancelRun: true })
  const handler: (event: MouseEvent) => void = stop
  expectTypeOf(handler).toBeFunction()
  expectTypeOf(
    useAgentStream({ url, metrics: createMeter }).stream.metrics.snapshot(),
  ).toEqualTypeOf<MeterSnapshot>()
  expectTypeOf(useStreamState(stream, ({ status }) => status === 'failed')).toEqualTypeOf<boolean>()
  const chat = useAgentStream({
    id: 'chat',
    start: (input: string, { signal }) => fetch('/chat', { method: 'POST', body: input, signal }),
  })
  expectTypeOf(chat.start).parameter(0).toEqualTypeOf<string>()
  expectTypeOf(useMessage(stream, 'm1')).toEqualTypeOf<ChatMessage | undefined>()
  expectTypeOf(useStreamMetrics(stream)).toEqualTypeOf<MeterSnapshot>()
}

export function misuseIt(stream: AgentStream, message: ChatMessage): void {
  // @ts-expect-error neither address nor transport
  createAgentStream({})
  // @ts-expect-error both
  createAgentStream({ url, transport: sse({ url }) })
  // @ts-expect-error a schedule that does not exist
  createAgentStream({ url, schedule: 'sometimes' })
  // @ts-expect-error an option that does not exist
  createAgentStream({ url, throttle: 50 })
  // @ts-expect-error a reducer of another state than it begins with
  createAgentStream({ url, reduce: (n: number) => n + 1, initialState: 'none' })
  // @ts-expect-error only the pipeline writes
  stream.store.setState({ messages: [] })
  // @ts-expect-error what is published is not to be written to
  stream.store.getState().messages.push()
  // @ts-expect-error nor are its messages
  message.text = 'mine'
  // @ts-expect-error a status that does not exist
  if (stream.store.getState().status === 'done') stream.close()
  // @ts-expect-error a counting stream has no meter
  void stream.metrics.snapshot().flushMs
}
