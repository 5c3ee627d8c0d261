// The HTTP side of a mocked relay: a stream's events, its state, the request to stop it, and the relay's clock.
import type { HttpHandler } from 'msw'
import { AFTER_PARAM, STREAM_ID } from '../wire/protocol.ts'
import { createMockBody } from './mock-body.ts'
import { refusalResponse } from './mock-refusals.ts'
import type { MockRequest, MockService } from './mock-service.ts'
import { positionOf } from './mock-words.ts'

type Msw = Pick<typeof import('msw'), 'http' | 'HttpResponse'>

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  // As any server sends it; without it msw for Node cannot make a broken body look other than a complete one.
  'transfer-encoding': 'chunked',
}

/** Makes msw's handlers; `retryMs` is told to every viewer, `nowMs` to a meter. */
export function mockHttp(
  { http, HttpResponse }: Msw,
  service: MockService,
  origin: string,
  retryMs: number | undefined,
  nowMs: () => number,
): HttpHandler[] {
  const path = `${origin}/v1/streams/:stream`
  const turn = (): Promise<void> => new Promise((resolve) => service.later(resolve))
  const refused = (stream: string, of: 'events' | 'stop'): ReturnType<typeof answerOf> =>
    answerOf(service.refusals.take(stream, of))
  const answerOf = (refusal: ReturnType<MockService['refusals']['take']>) =>
    refusal === null
      ? null
      : { status: refusal.status, response: refusalResponse(refusal) ?? HttpResponse.error() }

  function serve(request: MockRequest): Response {
    const { stream, after } = request
    const turnAway = (status: number, response: Response): Response => {
      service.turnAway(request, status)
      return response
    }
    if (!STREAM_ID.test(stream)) return turnAway(404, notFound())
    if (after !== null && positionOf(after) === null) {
      return turnAway(400, problem(400, 'bad-request', 'malformed cursor: expected "M-<number>"'))
    }
    if (service.log(stream).over(after) !== null) {
      return turnAway(204, new Response(null, { status: 204 }))
    }
    let leave = (): void => {}
    const body = createMockBody(() => leave())
    if (retryMs !== undefined) body.send(`retry: ${retryMs}\n`)
    leave = service.join(request, body)
    return new Response(body.stream, { headers: SSE_HEADERS })
  }

  const events = http.get(`${path}/events`, async ({ request, params }) => {
    const stream = String(params['stream'])
    const query = new URL(request.url).searchParams.get(AFTER_PARAM)
    const after = request.headers.get('last-event-id') || query || null
    const asked: MockRequest = { stream, transport: 'sse', after, token: tokenOf(request) }
    await turn()
    const refusal = refused(stream, 'events')
    if (refusal === null) return serve(asked)
    service.turnAway(asked, refusal.status)
    return refusal.response
  })
  const stat = http.get(path, async ({ params }) => {
    const stream = String(params['stream'])
    await turn()
    return STREAM_ID.test(stream) ? json(200, service.log(stream).stat()) : notFound()
  })
  const stop = http.post(`${path}/stop`, async ({ request, params }) => {
    const stream = String(params['stream'])
    service.stops.push({ stream, token: tokenOf(request) })
    await turn()
    const refusal = refused(stream, 'stop')
    if (refusal !== null) return refusal.response
    if (!STREAM_ID.test(stream)) return notFound()
    service.stop(stream)
    return new Response(null, { status: 202 })
  })
  const time = http.get(`${origin}/v1/time`, async () => {
    const receivedMs = nowMs()
    await turn()
    return json(200, { receivedMs, sentMs: nowMs(), storeOffsetMs: null, storeRttMs: null })
  })
  return [events, stat, stop, time]
}

function tokenOf(request: Request): string | null {
  return /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null
}

function json(status: number, body: object): Response {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return new Response(`${JSON.stringify(body)}\n`, { status, headers })
}

const problem = (status: number, code: string, message: string): Response =>
  json(status, { error: { code, message } })

const notFound = (): Response =>
  problem(404, 'not-found', `no such route, or a stream id not matching ${STREAM_ID.source}`)
