// The relay's routes behind the web's Request and Response: for Hono, Next.js route handlers and their like.
import type { RelayReply, RelayRequest } from '../request.ts'
import type { Viewer } from '../hub/viewer.ts'

const HIGH_WATER_BYTES = 64 * 1024

/** A web request, and what is aborted once its response is over, however it ended. */
export function fromFetch(
  request: Request,
  address: string | null,
): { readonly request: RelayRequest; readonly over: AbortController } {
  const over = new AbortController()
  const { pathname, searchParams, host } = new URL(request.url)
  if (request.signal.aborted) over.abort()
  request.signal.addEventListener('abort', () => over.abort(), { once: true })
  return {
    request: {
      method: request.method,
      path: pathname,
      query: searchParams,
      address,
      header: (name) => request.headers.get(name) ?? (name === 'host' ? host : undefined),
      onClose(listener) {
        if (over.signal.aborted) listener()
        else over.signal.addEventListener('abort', listener, { once: true })
      },
    },
    over,
  }
}

/** A reply as a web response. */
export function toResponse({ status, headers, body }: RelayReply, over: AbortController): Response {
  if (typeof body === 'string' || over.signal.aborted) {
    over.abort()
    return new Response(typeof body === 'string' && body !== '' ? body : null, { status, headers })
  }
  let viewer: Viewer
  let cancelled = false
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Whoever gives up a request by its signal need not cancel the response as well.
        over.signal.addEventListener('abort', () => cancelled || controller.close(), { once: true })
        viewer = body({
          write(bytes) {
            controller.enqueue(bytes)
            return (controller.desiredSize ?? 0) > 0
          },
          end: () => over.abort(),
        })
      },
      pull: () => viewer.drained(),
      cancel() {
        cancelled = true
        over.abort()
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  )
  return new Response(stream, { status, headers })
}
