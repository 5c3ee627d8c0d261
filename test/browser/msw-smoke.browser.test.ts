// Proves the ground the client's browser tests stand on: in a real Chromium, msw answers a fetch with a stream
// whose parts arrive one by one, not all at its end.
import { http } from 'msw'
import { setupWorker } from 'msw/browser'
import { afterAll, beforeAll, expect, it } from 'vitest'

let push: (text: string) => void = () => {}
let end: () => void = () => {}

const worker = setupWorker(
  http.get('/v1/streams/:id/events', () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    push = (text) => void writer.write(new TextEncoder().encode(text))
    end = () => void writer.close()
    return new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
  }),
)

beforeAll(() => worker.start({ quiet: true }))
afterAll(() => worker.stop())

it('reads a mocked event stream part by part', async () => {
  const response = await fetch('/v1/streams/run/events')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()

  expect(response.headers.get('content-type')).toBe('text/event-stream')
  for (const part of ['id: 1\ndata: one\n\n', 'id: 2\nda', 'ta: zwö\n\n']) {
    push(part)
    expect(await reader?.read()).toEqual({ done: false, value: part })
  }
  end()
  expect(await reader?.read()).toEqual({ done: true, value: undefined })
})
