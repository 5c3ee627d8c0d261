// Short HTTP answers in JSON, errors in one shape: what is wrong, and what would be right.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer to a request that cannot be served. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  /** Stable word for programs. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Answers with JSON that nobody caches. */
export function replyJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}

/** Answers with an error as `{ error: { code, message } }`. */
export function replyError(response: ServerResponse, error: HttpError): void {
  const { status, code, message } = error
  replyJson(response, status, { error: { code, message } })
}

/**
 * Reads a request's JSON object.
 * @param limit most bytes that are read
 * @throws HttpError 415, 413 or 400
 */
export async function readJson(
  request: IncomingMessage,
  limit: number,
): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? 'nothing'
  if (!/^application\/json\b/i.test(type)) {
    throw new HttpError(415, 'content-type', `send application/json, got ${type}`)
  }
  const value = parse(await readText(request, limit))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new HttpError(400, 'bad-request', 'send a JSON object, for example {"rate":200}')
}

/**
 * Reads a request's text.
 * @throws HttpError 413 when there are more bytes than the limit
 */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > limit) throw new HttpError(413, 'too-large', `send at most ${limit} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(
      400,
      'bad-request',
      `send a JSON object, got ${text.slice(0, 40) || 'nothing'}`,
    )
  }
}
