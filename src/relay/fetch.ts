// The relay's routes behind the web's Request and Response: for Hono, Next.js route handlers and their like.
import type { RelayReply, RelayRequest } from './request.ts'
import type { Viewer } from './viewer.ts'

const HIGH_WATER_BYTES = 64 * 1024

/** A web request, and what is to be called once its response is over. */
export function fromFetch(
  request: Request,
  address: string | null,
): { readonly request: RelayRequest; readonly close: () => void } {
  const over = Promise.withResolvers<void>()
  const { pathname, searchParams } = new URL(request.url)
  request.signal.addEventListener('abort', () => over.resolve(), { once: true })
  return {
    request: {
      method: request.method,
      path: pathname,
      query: searchParams,
      address,
      header: (name) => request.headers.get(name) ?? undefined,
      onClose: (listener) => void over.promise.then(listener),
    },
    close: over.resolve,
  }
}

/** A reply as a web response. */
export function toResponse({ status, headers, body }: RelayReply, close: () => void): Response {
  if (typeof body === 'string') {
    close()
    return new Response(status === 204 ? null : body, { status, headers })
  }
  let viewer: Viewer | null = null
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        viewer = body({
          write(bytes) {
            controller.enqueue(bytes)
            return (controller.desiredSize ?? 0) > 0
          },
          end() {
            controller.close()
            close()
          },
        })
      },
      pull: () => viewer?.drained(),
      cancel: close,
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  )
  return new Response(stream, { status, headers })
}
