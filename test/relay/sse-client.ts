// A viewer for tests: reads text/event-stream as it comes off the socket and keeps every byte.
import { get } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'

/** One event as received. */
export interface Received {
  readonly id: string | null
  readonly event: string | null
  readonly data: string
}

/** An open response. */
export interface SseClient {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Everything received so far. */
  text(): string
  events(): Received[]
  /** The producer's events only. */
  payloads(): string[]
  ids(): string[]
  /** Resolves when what was received satisfies the test. */
  until(test: (client: SseClient) => boolean): Promise<void>
  /** Resolves when the response has ended. */
  readonly ended: Promise<void>
  pause(): void
  resume(): void
  close(): void
}

/** Opens a stream; resolves with the response's headers. */
export async function openSse(
  url: string,
  headers: Record<string, string> = {},
): Promise<SseClient> {
  const request = get(url, { headers, agent: false })
  request.on('error', () => {}) // closing an open response is one
  const response = await answered(request)
  const chunks: Buffer[] = []
  const ended = Promise.withResolvers<void>()
  let change = Promise.withResolvers<void>()
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    change.resolve()
    change = Promise.withResolvers()
  })
  response.on('close', () => {
    ended.resolve()
    change.resolve()
  })
  const text = (): string => Buffer.concat(chunks).toString()
  const payloadEvents = (): Received[] => parseSse(text()).filter(({ event }) => event === null)
  const client: SseClient = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    events: () => parseSse(text()),
    payloads: () => payloadEvents().map(({ data }) => data),
    ids: () => payloadEvents().map(({ id }) => id ?? ''),
    async until(test) {
      while (!test(client)) {
        if (response.closed) throw new Error(`ended before the condition held:\n${text()}`)
        await change.promise
      }
    },
    ended: ended.promise,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void request.destroy(),
  }
  return client
}

/** Parses complete events; comments and `retry` are left out. */
export function parseSse(text: string): Received[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap((block) => {
    const lines = block.split('\n')
    const field = (name: string): string[] =>
      lines
        .filter((line) => line.startsWith(`${name}: `))
        .map((line) => line.slice(name.length + 2))
    const data = field('data')
    if (data.length === 0) return []
    return [{ id: field('id')[0] ?? null, event: field('event')[0] ?? null, data: data.join('\n') }]
  })
}

function answered(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
}
