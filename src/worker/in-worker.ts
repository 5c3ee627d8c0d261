// The page's side: a transport whose wire is read in a Worker, so that an event's arrival is stamped although the page's
// own thread is busy. What the page alone can know, credentials, stays here and is asked for.
import { AgentStreamError, wordsOf } from '../core/errors.ts'
import { absoluteUrl } from '../transport/absolute-url.ts'
import { createInbox, type Inbox } from '../transport/inbox.ts'
import { type Credentials, provide, type Provided } from '../transport/provided.ts'
import { sse } from '../transport/sse.ts'
import type { OpenOptions, Read, Transport } from '../transport/transport.ts'
import { webSocket } from '../transport/websocket.ts'
import type {
  FromWorker,
  Lent,
  LentCredentials,
  SentError,
  ToWorker,
  WorkerJob,
} from './messages.ts'
import { createShift, type Shift } from './shift.ts'

/** Options of {@link inWorker}. */
export interface InWorkerOptions extends Credentials {
  /** Address of the stream; may be relative to the page. With `stream`, of a relay's WebSocket. */
  readonly url: string
  /** Id of the stream, to read it over the relay's WebSocket (`/v1/ws`). @default server-sent events */
  readonly stream?: string | undefined
  /**
   * Makes a Worker whose file calls `serveStreams()`; it ends some seconds after its last connection. Or a Worker of
   * the application's own, which several streams may share and which is left running.
   */
  readonly worker: Worker | (() => Worker)
  /** This page's time in epoch ms with fractions, for tests. @default timeOrigin + now() */
  readonly epochMs?: (() => number) | undefined
}

/**
 * Reads, takes apart and stamps in a Worker. Resumes, refusals, credentials and aborts are those of `sse` and `webSocket`.
 * @example
 * const worker = () => new Worker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
 * createAgentStream({ transport: inWorker({ url: '/v1/streams/run-1/events', worker }) })
 */
export function inWorker(options: InWorkerOptions): Transport {
  const { url, stream, worker } = options
  const shift = createShift(worker)
  const here = stream === undefined ? sse(options) : webSocket({ ...options, stream })
  return { ...here, name: here.name, open: (open) => readThere({ ...options, url }, shift, open) }
}

async function* readThere(
  options: InWorkerOptions,
  shift: Shift,
  open: OpenOptions,
): AsyncGenerator<Read> {
  const { signal } = open
  if (signal.aborted) return
  const inbox = createInbox(signal)
  const { port1: port, port2: theirs } = new MessageChannel()
  const post = (message: ToWorker): void => port.postMessage(message)
  // Reads up to here were one batch.
  const ends = new Set<Read>()
  port.onmessage = ({ data }: MessageEvent<FromWorker>) =>
    take(data, { options, open, inbox, ends, post })
  const close = (): void => {
    post({ type: 'close' })
    port.close()
  }
  const leave = shift.join(open.clock, (words) =>
    inbox.end(new AgentStreamError('connection-failed', `the Worker failed: ${words}`)),
  )
  signal.addEventListener('abort', close, { once: true })
  try {
    shift.worker().postMessage(jobOf(options, open), [theirs])
    for await (const read of inbox.reads()) {
      if (signal.aborted) return
      yield read
      if (ends.delete(read)) post({ type: 'ack' })
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
    leave()
  }
}

function jobOf(options: InWorkerOptions, open: OpenOptions): WorkerJob {
  const { after, afterParam, maxEventChars, timing } = open
  const lend = <T>(provided: Provided<T> | undefined): Lent<T> =>
    typeof provided === 'function' ? 'asked' : { value: provided }
  return {
    framewise: 'read',
    url: absoluteUrl(options.url).href,
    stream: options.stream,
    after,
    afterParam,
    maxEventChars,
    timing,
    token: lend(options.token),
    headers: lend(options.headers),
  }
}

interface Hand {
  readonly options: InWorkerOptions
  readonly open: OpenOptions
  readonly inbox: Inbox
  readonly ends: Set<Read>
  readonly post: (message: ToWorker) => void
}

function take(message: FromWorker, { options, open, inbox, ends, post }: Hand): void {
  if (message.type === 'ask') void answer(message, options, post)
  else if (message.type === 'stall') open.onStall?.(toError(message.error))
  else if (message.type === 'end')
    inbox.end(message.error === null ? undefined : toError(message.error))
  else {
    const { epochMs = () => performance.timeOrigin + performance.now() } = options
    const takenAt = open.clock.now()
    const epoch = epochMs()
    // Two clocks that step by themselves may seem to run backwards by a step.
    const here = (ms: number): number => takenAt - Math.max(0, epoch - ms)
    const parsedAt = here(message.sentAt)
    for (const [index, { at, frames, retryMs }] of message.reads.entries()) {
      const worker = { parsedAt, takenAt }
      const read: Read = { at: Math.min(here(at), parsedAt), frames, retryMs, worker }
      if (index === message.reads.length - 1) ends.add(read)
      inbox.put(read)
    }
  }
}

async function answer(
  { id, what, reason }: Extract<FromWorker, { type: 'ask' }>,
  options: Pick<InWorkerOptions, keyof LentCredentials>,
  post: (message: ToWorker) => void,
): Promise<void> {
  try {
    post({ type: 'answer', id, value: await provide<unknown>(options[what], reason) })
  } catch (cause) {
    post({ type: 'answer', id, error: wordsOf(cause) })
  }
}

function toError({ code, message, ...rest }: SentError): AgentStreamError {
  return new AgentStreamError(code, message, rest)
}
