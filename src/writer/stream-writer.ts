// Writes a run into Redis. Nothing here waits for Redis in the model's loop: events of one tick leave as one script call
// on the client's pipeline, answers are awaited in the background, and back-pressure is told and never forced.
import { randomUUID } from 'node:crypto'
import { nameOf, sunaNames } from '../wire/redis-names.ts'
import { createAppendScript } from './append-script.ts'
import { createCoalescer } from './coalescer.ts'
import type { WriterEvent } from './delta.ts'
import { createOutbox } from './outbox.ts'
import { CONTROL_WORD, endReasonOfEvent, payloadOf } from './payload.ts'
import { createSender } from './sender.ts'
import { listenForStop } from './stop-signal.ts'
import { createWaiters } from './waiters.ts'
import type { WriterClient } from './writer-client.ts'
import { StreamWriterError } from './writer-error.ts'
import { placeOf } from './writer-options.ts'
import type { StreamWriterOptions } from './writer-options.ts'

/** Writes the events of one run, in order. Its promises reject, and its methods throw, `StreamWriterError`. */
export interface StreamWriter {
  /**
   * Takes one event; never waits. JSON text is written as it is.
   * @returns false when so much is under way that `ready()` should be awaited; the event is taken all the same
   * @throws StreamWriterError once the writer has failed or ended; TypeError for a terminal event
   */
  write(event: WriterEvent): boolean
  /** Resolves when the run is claimed and there is room. */
  ready(): Promise<void>
  /** Resolves when all that was written is acknowledged. */
  flush(): Promise<void>
  /**
   * Writes the run's one terminal event, and resolves when it and all before it are acknowledged.
   * @throws TypeError for an event that ends nothing
   */
  end(event: WriterEvent): Promise<void>
  /** Writes out what was taken and lets the run go, without ending it. After `end` it only tidies up. Idempotent. */
  close(): Promise<void>
  /** Events that Redis has acknowledged, as written: joined chunks count once. */
  readonly acknowledged: number
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Creates a writer and claims the run at once, in the background.
 * @param client a connected node-redis client, cluster or sentinel, or an adapter; it stays its owner's to close
 * @param id of the stream; 1 to 128 of `A-Z a-z 0-9 _ -`
 * @throws TypeError for an id or options that are wrong
 * @example
 * await using writer = createStreamWriter(client, runId, { coalesce: { delta: agUiDelta } })
 * for await (const event of model) if (!writer.write(event)) await writer.ready()
 * await writer.end({ type: 'RUN_FINISHED' })
 */
export function createStreamWriter(
  client: WriterClient,
  id: string,
  options: StreamWriterOptions = {},
): StreamWriter {
  const { coalesce, stamp, signal, now = Date.now } = options
  const { maxUnacknowledgedBytes = 1024 * 1024 } = options
  const place = placeOf(id, options)
  const outbox = createOutbox()
  const waiters = createWaiters()
  let over: 'ended' | 'closed' | null = null
  let scheduled = false
  let closing: Promise<void> | null = null

  const sender = createSender({
    script: createAppendScript(client, place, randomUUID()),
    outbox,
    exclusive: options.exclusive ?? false,
    giveUpMs: options.giveUpMs ?? 30_000,
    onProgress: waiters.wake,
    onFailure: fail,
    random: options.random ?? Math.random,
  })
  const coalescer = coalesce && createCoalescer(coalesce, commit)
  const stopListening = listen()
  // A model may think for longer than a log is kept.
  const keeper = setInterval(sender.touch, place.ttlMs / 3).unref()
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()

  function onAbort(): void {
    fail(new StreamWriterError('aborted', 'the writer was aborted', { cause: signal?.reason }))
  }

  function fail(error: StreamWriterError): void {
    if (waiters.fail(error)) tidy()
  }

  function tidy(): void {
    sender.stop()
    coalescer?.close()
    stopListening()
    clearInterval(keeper)
    signal?.removeEventListener('abort', onAbort)
  }

  function listen(): () => void {
    const { onStop, keys, layout, stopPollMs = 1000 } = options
    if (!onStop) return () => {}
    const key = nameOf(keys?.stop ?? sunaNames.stop, id)
    return listenForStop({
      client,
      channel: layout === 'suna-list' ? place.control : null,
      key,
      pollMs: stopPollMs,
      onStop: () => over === null && onStop(),
      onRefused: (cause) =>
        fail(
          new StreamWriterError('refused', 'Redis does not let this writer hear of a stop', {
            cause,
          }),
        ),
    })
  }

  function checkOpen(): void {
    waiters.check()
    if (over === null) return
    throw new StreamWriterError(
      'closed',
      `nothing can be written: this writer has ${over === 'ended' ? 'ended the run' : 'been closed'}`,
    )
  }

  function commit(event: WriterEvent, atMs: number, endWord?: string): void {
    const payload = payloadOf(event, stamp, atMs)
    outbox.push({ payload, bytes: Buffer.byteLength(payload), atMs, endWord })
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      sender.send()
    })
  }

  const hasRoom = (): boolean => outbox.bytes() <= maxUnacknowledgedBytes
  const isEmpty = (): boolean => outbox.start() === outbox.end()

  function write(event: WriterEvent): boolean {
    checkOpen()
    if (endReasonOfEvent(event) !== null) {
      throw new TypeError(
        'expected an event that does not end the run; the terminal one goes to end()',
      )
    }
    if (coalescer) coalescer.add(event, now())
    else commit(event, now())
    return hasRoom()
  }

  async function end(event: WriterEvent): Promise<void> {
    checkOpen()
    const reason = endReasonOfEvent(event)
    if (reason === null) {
      throw new TypeError(
        'expected a terminal event: RUN_FINISHED, RUN_ERROR, or a bare status that ends a run',
      )
    }
    coalescer?.flush()
    over = 'ended'
    commit(event, now(), CONTROL_WORD[reason])
    await waiters.until(isEmpty)
  }

  async function shutDown(): Promise<void> {
    const ended = over === 'ended'
    over ??= 'closed'
    coalescer?.flush()
    try {
      if (waiters.hasNews()) await waiters.until(() => isEmpty() && (ended || sender.isOpen()))
      if (!ended) await sender.release()
    } finally {
      tidy()
    }
  }

  const close = (): Promise<void> => (closing ??= shutDown())

  return {
    write,
    ready: () => waiters.until(() => sender.isOpen() && hasRoom()),
    flush() {
      coalescer?.flush()
      return waiters.until(isEmpty)
    },
    end,
    close,
    get acknowledged() {
      return outbox.start()
    },
    [Symbol.asyncDispose]: close,
  }
}
