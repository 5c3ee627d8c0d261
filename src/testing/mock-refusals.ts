// The answers that a mocked relay gives in place of a stream: as many as a test asked for, in their order.

/** What a request gets in place of a stream. */
export interface MockRefusal {
  /**
   * HTTP status, 200 to 599, or `network-error` for a request that never gets an answer. With 200 it is a page
   * where a stream was expected, as hotel Wi-Fi and misrouted paths answer.
   */
  readonly status: number | 'network-error'
  /** Seconds of `Retry-After`. @default no such header */
  readonly retryAfter?: number | undefined
  /** How many requests are refused; `Infinity` for all. @default 1 */
  readonly times?: number | undefined
  /** The body is an HTML page, as gateways send. @default false: JSON, as the relay sends; true for status 200 */
  readonly html?: boolean | undefined
  /** Which requests. @default 'events': those that read the stream */
  readonly request?: 'events' | 'stop' | undefined
}

/** The refusals that are still owed. */
export interface MockRefusals {
  add(stream: string, refusal: MockRefusal): void
  /** The refusal of this request, or null when it is to be served. */
  take(stream: string, request: 'events' | 'stop'): MockRefusal | null
  clear(): void
}

/** Owes nothing yet. */
export function createMockRefusals(): MockRefusals {
  const owed = new Map<string, { readonly refusal: MockRefusal; left: number }[]>()
  return {
    add(stream, refusal) {
      const key = keyOf(stream, refusal.request ?? 'events')
      owed.set(key, [...(owed.get(key) ?? []), { refusal, left: refusal.times ?? 1 }])
    },
    take(stream, request) {
      const next = owed.get(keyOf(stream, request))?.find(({ left }) => left > 0)
      if (next === undefined) return null
      next.left--
      return next.refusal
    },
    clear: () => owed.clear(),
  }
}

/** The answer itself; null for a request that gets none. */
export function refusalResponse(refusal: MockRefusal): Response | null {
  const { status, retryAfter, html = status === 200 } = refusal
  if (status === 'network-error') return null
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  const type = html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
  const problem = { error: { code: `mock-${status}`, message: 'refused by the test' } }
  const body = html
    ? `<!doctype html><title>${status}</title><h1>${status}: refused by the test</h1>`
    : `${JSON.stringify(problem)}\n`
  const empty = status === 204 || status === 205 || status === 304
  return new Response(empty ? null : body, { status, headers: { 'content-type': type, ...retry } })
}

const keyOf = (stream: string, request: string): string => `${request} ${stream}`
