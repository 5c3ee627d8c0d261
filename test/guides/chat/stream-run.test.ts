// POSTs that stream: a proxy of OpenAI, whose cut is final, and AI SDK's own server with its resume route.
import { createUIMessageStream, createUIMessageStreamResponse } from 'ai'
import { afterEach, expect, it, vi } from 'vitest'
import type { AgentStream } from 'framewise'
import { aiSdkChat, openAiChat } from './stream-run.ts'

const requests: { readonly method: string; readonly url: string; readonly body: unknown }[] = []

/** Answers in turn, and notes who asked for what. */
function serve(...answers: readonly (() => Response)[]): void {
  const rest = [...answers]
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit) => {
    requests.push({ method, url, body: typeof body === 'string' ? JSON.parse(body) : undefined })
    return rest.shift()?.() ?? new Response(null, { status: 204 })
  })
}

afterEach(() => {
  vi.unstubAllGlobals()
  requests.length = 0
})

const over = ({ store }: AgentStream): Promise<void> =>
  vi.waitFor(() => expect(['finished', 'truncated', 'failed']).toContain(store.getState().status))
const texts = ({ store }: AgentStream): string[] =>
  store.getState().messages.map(({ text }) => text)

/** The body up to its first words, and then nothing more. */
function cut(response: Response): Response {
  const decoder = new TextDecoder()
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        const text = decoder.decode(bytes)
        const end = text.indexOf('\n\n', Math.max(0, text.indexOf('"Hello "'))) + 2
        const last = text.includes('"Hello "')
        controller.enqueue(new TextEncoder().encode(last ? text.slice(0, end) : text))
        if (last) controller.terminate()
      },
    }),
  )
  return new Response(body ?? null, { headers: response.headers })
}

const completion = (...deltas: readonly string[]): Response => {
  const chunks = deltas.map((content, index) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [
      { index: 0, delta: { content }, finish_reason: index === deltas.length - 1 ? 'stop' : null },
    ],
  }))
  const body = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']
  return new Response(body.map((data) => `data: ${data}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
}

const aiSdkRun = (): Response =>
  createUIMessageStreamResponse({
    stream: createUIMessageStream({
      execute({ writer }) {
        writer.write({ type: 'start', messageId: 'answer-1' })
        writer.write({ type: 'text-start', id: '1' })
        for (const delta of ['Hello ', 'there'])
          writer.write({ type: 'text-delta', id: '1', delta })
        writer.write({ type: 'text-end', id: '1' })
        writer.write({ type: 'finish' })
      },
    }),
  })

it('shows an answer of OpenAI as it comes', async () => {
  serve(() => completion('Hello ', 'there'))
  const stream = openAiChat('c1')
  const messages = [{ role: 'user', content: 'Hi' }]
  await stream.start({ messages }, { optimistic: 'Hi' })
  await over(stream)
  expect(texts(stream)).toEqual(['Hi', 'Hello there'])
  expect(requests).toEqual([{ method: 'POST', url: '/api/chat', body: { messages } }])
})

it('does not send the question again when its answer is cut', async () => {
  serve(() => cut(completion('Hello ', 'there')))
  const stream = openAiChat('c1')
  await stream.start({}, { optimistic: 'Hi' })
  await over(stream)
  expect(stream.store.getState().status).toBe('truncated')
  expect(requests).toHaveLength(1)
})

it('reads a cut run of AI SDK again, and shows its text once', async () => {
  serve(() => cut(aiSdkRun()), aiSdkRun)
  const stream = aiSdkChat('c1')
  await stream.start({}, { optimistic: 'Hi' })
  await over(stream)
  expect(texts(stream)).toEqual(['Hi', 'Hello there'])
  expect(stream.store.getState().status).toBe('finished')
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /api/chat',
    'GET /api/chat/c1/stream',
  ])
})

it('reads a run of AI SDK that another page began', async () => {
  serve(aiSdkRun)
  const stream = aiSdkChat('c1')
  stream.connect()
  await over(stream)
  expect(texts(stream)).toEqual(['Hello there'])
})
