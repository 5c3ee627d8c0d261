// The Worker's side: reads, takes apart and stamps off the main thread, and sends batches to the page. No more than a
// few are under way; while the page does not take them, the rest is gathered here, and above a limit not even read.
import type { Clock } from '../core/clock.ts'
import { type AgentStreamError, isAgentStreamError, wordsOf } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import { browserClock } from '../frame/browser-clock.ts'
import type { Provided } from '../transport/provided.ts'
import { sse } from '../transport/sse.ts'
import type { Transport } from '../transport/transport.ts'
import { webSocket, type WebSocketOptions } from '../transport/websocket.ts'
import type {
  FromWorker,
  Lent,
  LentCredentials,
  SentError,
  SentRead,
  ToWorker,
  WorkerJob,
} from './messages.ts'

/** What a Worker's global object is needed for. */
export interface WorkerScope {
  /** As of any Worker's global object. */
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Options of {@link serveStreams}. */
export interface ServeOptions {
  /** Reads bodies that are no server-sent events: a protocol's own `body`. @default none can be read */
  readonly body?: Protocol['body']
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** @default the global WebSocket */
  readonly WebSocket?: WebSocketOptions['WebSocket']
  /** Time, for tests. @default the Worker's own */
  readonly clock?: Clock | undefined
  /** Added to the clock it gives epoch ms. @default performance.timeOrigin */
  readonly originMs?: number | undefined
  /** Where jobs come from. @default the Worker's global object */
  readonly scope?: WorkerScope | undefined
}

// Batches under way, and characters gathered above which the wire is not read.
const IN_FLIGHT = 4
const MAX_HELD_CHARS = 4 * 2 ** 20

/**
 * Reads for a page: all that a Worker's file needs to call.
 * @example
 * // stream.worker.ts
 * import { serveStreams } from 'framewise/worker'
 * serveStreams()
 */
export function serveStreams(options: ServeOptions = {}): void {
  const scope = options.scope ?? (globalThis as unknown as WorkerScope)
  scope.addEventListener('message', ({ data, ports: [port] }: MessageEvent<unknown>) => {
    if (isJob(data) && port !== undefined) void serve(data, port, options)
  })
}

function isJob(data: unknown): data is WorkerJob {
  return (data as Partial<WorkerJob> | null)?.framewise === 'read'
}

async function serve(job: WorkerJob, port: MessagePort, options: ServeOptions): Promise<void> {
  const { clock = browserClock(), originMs = performance.timeOrigin, body } = options
  const { after, afterParam, maxEventChars, timing } = job
  const link = connect(port)
  const outbox = createOutbox(link.post, () => clock.now() + originMs)
  link.onAck(outbox.taken)
  const onStall = (error: AgentStreamError): void =>
    link.post({ type: 'stall', error: toSent(error) })
  const { signal } = link
  const open = { after, afterParam, maxEventChars, timing, body, clock, signal, onStall }
  try {
    for await (const { at, frames, retryMs } of transportOf(job, link, options).open(open)) {
      outbox.put({ at: at + originMs, frames, retryMs })
      await outbox.room()
    }
    outbox.empty()
    link.post({ type: 'end', error: null })
  } catch (error) {
    outbox.empty()
    link.post({ type: 'end', error: toSent(error) })
  }
}

function transportOf(job: WorkerJob, { ask }: Link, options: ServeOptions): Transport {
  const { fetch, WebSocket } = options
  const { url, stream } = job
  const borrow = <T>(what: keyof LentCredentials, lent: Lent<T>): Provided<T> | undefined =>
    lent === 'asked' ? ({ reason }) => ask(what, reason) as Promise<T> : lent.value
  const token = borrow('token', job.token)
  if (stream !== undefined) return webSocket({ url, stream, token, WebSocket })
  return sse({ url, token, headers: borrow('headers', job.headers), fetch })
}

interface Outbox {
  put(read: SentRead): void
  /** The page took a batch. */
  taken(): void
  /** Resolves once there is room for more. */
  room(): Promise<void> | undefined
  /** Sends all that is left. */
  empty(): void
}

function createOutbox(post: (message: FromWorker) => void, epochMs: () => number): Outbox {
  let reads: SentRead[] = []
  let held = 0
  let inFlight = 0
  let wake = (): void => {}
  const send = (): void => {
    if (reads.length === 0) return
    inFlight++
    post({ type: 'reads', sentAt: epochMs(), reads })
    reads = []
    held = 0
    wake()
  }
  return {
    put(read) {
      reads.push(read)
      for (const { data } of read.frames) held += data.length
      if (inFlight < IN_FLIGHT) send()
    },
    taken() {
      inFlight--
      send()
    },
    room: () =>
      held < MAX_HELD_CHARS ? undefined : new Promise<void>((resolve) => (wake = resolve)),
    empty: send,
  }
}

interface Link {
  /** Aborts when the page has closed the connection. */
  readonly signal: AbortSignal
  post(message: FromWorker): void
  ask(what: keyof LentCredentials, reason: 'connect' | 'unauthorized'): Promise<unknown>
  onAck(listener: () => void): void
}

type Answer = Extract<ToWorker, { type: 'answer' }>

function connect(port: MessagePort): Link {
  const closing = new AbortController()
  const questions = new Map<number, (answer: Answer) => void>()
  let asked = 0
  let ack = (): void => {}
  const post = (message: FromWorker): void => port.postMessage(message)
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === 'ack') return ack()
    if (data.type === 'close') {
      closing.abort()
      // Who waits for room waits no more.
      ack()
      return port.close()
    }
    questions.get(data.id)?.(data)
    questions.delete(data.id)
  }
  return {
    signal: closing.signal,
    post,
    ask(what, reason) {
      const id = ++asked
      post({ type: 'ask', id, what, reason })
      return new Promise((resolve, reject) => {
        questions.set(id, (answer) =>
          'error' in answer ? reject(new Error(answer.error)) : resolve(answer.value),
        )
      })
    },
    onAck: (listener) => (ack = listener),
  }
}

function toSent(cause: unknown): SentError {
  if (!isAgentStreamError(cause)) {
    const message = wordsOf(cause)
    return { code: 'connection-failed', message, status: undefined, retryAfterMs: undefined }
  }
  const { code, message, status, retryAfterMs } = cause
  return { code, message, status, retryAfterMs }
}
