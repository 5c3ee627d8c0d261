// An endpoint over fetch whose connections break after so many bytes; the last one holds.
import type { Endpoint } from './endpoints.ts'

const encoder = new TextEncoder()

/** Serves `endpoint`; connection n breaks after `cuts[n]` bytes. */
export function cutFetch(endpoint: Endpoint, cuts: readonly number[]): typeof globalThis.fetch {
  let connection = 0
  return async (url, init) => {
    const after = new Headers(init?.headers).get('last-event-id')
    const request = { after, url: String(url), connection }
    const bytes = encoder.encode(endpoint.serve(request))
    return new Response(cutBody(bytes, cuts[connection++]), {
      headers: { 'content-type': 'text/event-stream' },
    })
  }
}

/** A body of these bytes that breaks after so many; without a number it ends. */
export function cutBody(bytes: Uint8Array, cut: number | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(bytes.slice(0, cut)),
      // Pulled once what was sent has been read: an error throws away what still waits.
      pull(controller) {
        if (cut === undefined) controller.close()
        else controller.error(new TypeError('connection reset'))
      },
    },
    { highWaterMark: 0 },
  )
}
