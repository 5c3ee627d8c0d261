// Connections that have had their time, by their token or by the relay's own measure, against the relay itself: nobody
// notices, and nothing is lost.
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { createAgentStream, sse, webSocket } from '../src/index.ts'
import type { WebSocketOptions } from '../src/index.ts'
import { memoryBackend } from '../src/relay/index.ts'
import { serve } from './relay/serve.ts'

const CONNECTIONS = 3

it.each([
  { name: 'sse', why: 'a token ends', stayMs: 3000, maxConnectionMs: 0 },
  { name: 'webSocket', why: 'a token ends', stayMs: 3000, maxConnectionMs: 0 },
  { name: 'sse', why: 'it has lasted long enough', stayMs: null, maxConnectionMs: 1500 },
  { name: 'webSocket', why: 'it has lasted long enough', stayMs: null, maxConnectionMs: 1500 },
])('$name is made anew when $why', { timeout: 30_000 }, async (kind) => {
  const { name, stayMs, maxConnectionMs } = kind
  const backend = memoryBackend()
  const tokens: (string | null)[] = []
  const served = await serve({
    backend,
    maxConnectionMs,
    authorize({ token }) {
      tokens.push(token)
      return { untilMs: stayMs && Date.now() + stayMs }
    },
  })
  onTestFinished(() => served.close())
  let minted = 0
  const token = (): string => `token-${++minted}`
  const { url } = served
  const WebSocket = NodeWebSocket as unknown as NonNullable<WebSocketOptions['WebSocket']>
  const transport =
    name === 'sse'
      ? sse({ url: `${url}/v1/streams/a/events`, token })
      : webSocket({ url: `${url}/v1/ws`, stream: 'a', token, WebSocket })
  const errors: unknown[] = []
  const stream = createAgentStream({ transport, onError: (error) => errors.push(error) })
  onTestFinished(() => stream.close())
  const write = (event: object) => backend.append('a', JSON.stringify(event))

  stream.connect()
  await write({ type: 'RUN_STARTED', threadId: 't', runId: 'r' })
  let expected = ''
  while (tokens.length < CONNECTIONS) {
    expected += 'x'
    await write({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x' })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await write({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })
  await expect.poll(() => stream.store.getState().status).toBe('finished')
  expect(stream.store.getState().messages[0]?.text).toBe(expected)
  expect(errors).toEqual([])
  expect(tokens).toEqual(['token-1', 'token-2', 'token-3'])
  expect(served.relay.stats().resumes).toEqual({ continued: CONNECTIONS - 1, gap: 0, over: 0 })
})
