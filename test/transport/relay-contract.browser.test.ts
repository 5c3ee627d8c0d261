// One contract, held by both ways to the relay: what is read over SSE is read over WebSocket, to the byte.
import { setupWorker } from 'msw/browser'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AgentStream, createAgentStream, sse, type Transport, webSocket } from 'framewise'
import { mockAgentStream } from 'framewise/testing'

const relay = await mockAgentStream()
const worker = setupWorker(...relay.handlers)

beforeAll(() => worker.start({ quiet: true }))
afterAll(() => worker.stop())

const transports: Record<string, (stream: string) => Transport> = {
  sse: (stream) => sse({ url: `/v1/streams/${stream}/events` }),
  websocket: (stream) => webSocket({ url: '/v1/ws', stream }),
}

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm1',
  delta: text,
})
const finished = { type: 'RUN_FINISHED', threadId: 't', runId: 'r' }
const textOf = (stream: AgentStream): string =>
  stream.store
    .getState()
    .messages.map(({ text }) => text)
    .join('')
const status = (stream: AgentStream): string => stream.store.getState().status

describe.for(Object.entries(transports))('over %s', ([name, open]) => {
  const run = (id: string): { id: string; stream: AgentStream } => {
    const stream = createAgentStream({
      transport: open(`${name}-${id}`),
      reconnect: { baseMs: 1 },
    })
    stream.connect()
    return { id: `${name}-${id}`, stream }
  }
  const connectionsOf = (id: string): (string | null)[] =>
    relay.connections.filter(({ stream }) => stream === id).map(({ after }) => after)

  it('reads what was there before and what comes while it watches', async () => {
    const id = `${name}-order`
    relay.append(id, ...Array.from({ length: 50 }, (_, index) => delta(`${index},`)))
    const { stream } = run('order')
    await vi.waitFor(() => expect(stream.store.getState().connection).toBe('open'))
    relay.append(id, delta('live '), delta('漢字 🎉'), finished)
    relay.end(id)
    await vi.waitFor(() => expect(status(stream)).toBe('finished'))
    const before = Array.from({ length: 50 }, (_, index) => `${index},`).join('')
    expect(textOf(stream)).toBe(`${before}live 漢字 🎉`)
    expect(stream.store.getState().cursor).toBe('M-53')
    expect(stream.store.getState().connection).toBe('closed')
  })

  it('waits for a stream that has not begun', async () => {
    const { id, stream } = run('pending')
    await vi.waitFor(() => expect(stream.store.getState().connection).toBe('open'))
    expect(status(stream)).toBe('idle')
    relay.append(id, delta('now'))
    await vi.waitFor(() => expect(textOf(stream)).toBe('now'))
    stream.close()
  })

  it('goes on after every cut exactly where it was', async () => {
    const { id, stream } = run('cuts')
    for (let part = 1; part <= 5; part++) {
      await vi.waitFor(() => expect(connectionsOf(id)).toHaveLength(part))
      relay.append(id, delta(`${part}a `), delta(`${part}b `))
      await vi.waitFor(() => expect(stream.cursor).toBe(`M-${part * 2}`))
      relay.cut(id)
      relay.append(`${id}-elsewhere`, delta('not mine'))
    }
    await vi.waitFor(() => expect(connectionsOf(id)).toHaveLength(6))
    relay.append(id, finished)
    relay.end(id)
    await vi.waitFor(() => expect(status(stream)).toBe('finished'))
    expect(connectionsOf(id)).toEqual([null, 'M-2', 'M-4', 'M-6', 'M-8', 'M-10'])
    expect(textOf(stream)).toBe('1a 1b 2a 2b 3a 3b 4a 4b 5a 5b ')
  })

  it('counts a malformed event and reads the rest', async () => {
    const { id, stream } = run('malformed')
    relay.append(id, delta('a'), '{"type": not json', delta('b'), finished)
    relay.end(id)
    await vi.waitFor(() => expect(status(stream)).toBe('finished'))
    expect(textOf(stream)).toBe('ab')
    expect(stream.metrics.snapshot()).toMatchObject({ events: 4, malformed: 1 })
  })

  it('takes the reason of an end without a terminal event', async () => {
    const { id, stream } = run('stopped')
    relay.append(id, delta('half'))
    relay.end(id, 'stopped')
    await vi.waitFor(() => expect(status(stream)).toBe('stopped'))
    expect(stream.store.getState().finish).toEqual({ reason: 'stopped' })
  })

  it('delivers nothing after close', async () => {
    const { id, stream } = run('close')
    relay.append(id, delta('before'))
    await vi.waitFor(() => expect(textOf(stream)).toBe('before'))
    stream.close()
    relay.append(id, delta(' after'))
    // What is sent to another viewer has certainly passed the closed one by.
    const { stream: other } = run('close')
    await vi.waitFor(() => expect(textOf(other)).toBe('before after'))
    other.close()
    expect(textOf(stream)).toBe('before')
  })
})
