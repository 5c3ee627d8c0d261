// Tokens that run out under way, against the relay itself: nobody notices, and nothing is lost.
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { createAgentStream, sse, webSocket } from '../src/index.ts'
import type { WebSocketOptions } from '../src/index.ts'
import { memoryBackend } from '../src/relay/index.ts'
import { serve } from './relay/serve.ts'

const GRANT_MS = 4000

it.each(['sse', 'webSocket'])(
  'are renewed before they do (%s)',
  { timeout: 30_000 },
  async (name) => {
    const backend = memoryBackend()
    const tokens: (string | null)[] = []
    const served = await serve({
      backend,
      authorize({ token }) {
        tokens.push(token)
        return { untilMs: Date.now() + GRANT_MS }
      },
    })
    onTestFinished(() => served.close())
    let minted = 0
    const token = (): string => `token-${++minted}`
    const transport =
      name === 'sse'
        ? sse({ url: `${served.url}/v1/streams/a/events`, token })
        : webSocket({
            url: `${served.url}/v1/ws`,
            stream: 'a',
            token,
            WebSocket: NodeWebSocket as unknown as NonNullable<WebSocketOptions['WebSocket']>,
          })
    const errors: unknown[] = []
    const stream = createAgentStream({ transport, onError: (error) => errors.push(error) })
    onTestFinished(() => stream.close())
    stream.connect()
    await backend.append('a', JSON.stringify({ type: 'RUN_STARTED', threadId: 't', runId: 'r' }))
    let expected = ''
    while (minted < 4) {
      expected += 'x'
      const delta = { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x' }
      await backend.append('a', JSON.stringify(delta))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await backend.append('a', JSON.stringify({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' }))
    await expect.poll(() => stream.store.getState().status).toBe('finished')
    expect(stream.store.getState().messages[0]?.text).toBe(expected)
    expect(errors).toEqual([])
    expect(tokens).toEqual(['token-1', 'token-2', 'token-3', 'token-4'])
    expect(served.relay.stats().resumes).toEqual({ continued: 3, gap: 0, over: 0 })
  },
)
