// The demo's own server: what it can do, and runs that it writes on request.
// Every failure is an error whose message can be shown to a reader as it is.
import { isRecord } from './record.ts'

/** What a run on the server is asked to be. */
export interface RunRequest {
  readonly source: 'relay' | 'redis'
  readonly rate: number
  readonly chunk: number
  readonly events: number
  readonly seed: number
}

/** A run that the server has begun to write. */
export interface ServerRun {
  readonly id: string
  readonly protocol: string
}

/** What the server can do. */
export interface ServerConfig {
  /** A Redis is connected. */
  readonly redis: boolean
}

/** Asks the server what it can do; null when there is none, say behind a static file server. */
export async function fetchConfig(): Promise<ServerConfig | null> {
  try {
    const response = await fetch('/demo/config', { headers: { accept: 'application/json' } })
    const body: unknown = response.ok ? await response.json() : null
    if (!isRecord(body)) return null
    return { redis: body['redis'] === true }
  } catch {
    return null
  }
}

/**
 * Has the server write a run.
 * @throws Error with advice when there is no server or it refuses
 */
export async function createRun(request: RunRequest, signal?: AbortSignal): Promise<ServerRun> {
  const response = await post(request, signal)
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && isRecord(body) && typeof body['id'] === 'string') {
    const { id, protocol } = body
    return { id, protocol: typeof protocol === 'string' ? protocol : 'ag-ui' }
  }
  throw new Error(refusal(response.status, body))
}

/** Tells the server that nobody reads a run any more; it may be over already. */
export function endRun(id: string): void {
  void fetch(`/demo/runs/${encodeURIComponent(id)}`, { method: 'DELETE', keepalive: true }).catch(
    () => {},
  )
}

const NO_SERVER =
  'No demo server answers at this address. Start it with `npm start`, or choose the source “worker”, which needs none.'

async function post(request: RunRequest, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch('/demo/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: signal ?? null,
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new Error(NO_SERVER, { cause })
  }
}

// A development proxy without a server behind it answers 500 or 502, a static file server 404 or 405.
function refusal(status: number, body: unknown): string {
  const error = isRecord(body) ? (body['error'] ?? body['message']) : null
  const words = isRecord(error) ? error['message'] : error
  if (typeof words === 'string') return `The server refused the run: ${words}`
  return [404, 405, 500, 502, 503, 504].includes(status)
    ? NO_SERVER
    : `The server refused the run with status ${status}.`
}
