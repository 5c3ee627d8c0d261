// Proves the ground the client's browser tests stand on: msw answers a streaming fetch in a real Chromium.
import { http } from 'msw'
import { setupWorker } from 'msw/browser'
import { afterAll, beforeAll, expect, it } from 'vitest'

const encoder = new TextEncoder()
const parts = ['id: 1\ndata: one\n\n', 'id: 2\nda', 'ta: two\n\n']

const worker = setupWorker(
  http.get('/v1/streams/:id/events', () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(encoder.encode(part))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }),
)

beforeAll(() => worker.start({ quiet: true }))
afterAll(() => worker.stop())

it('reads a mocked event stream by fetch', async () => {
  const response = await fetch('/v1/streams/run/events')

  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(await response.text()).toBe(parts.join(''))
})
