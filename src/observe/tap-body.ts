// Looks at the chunks of a body as they are read, however they are: by a reader, a pipe, an iteration, a clone. All of it
// is done by the page's own streams; promises are passed on one microtask later, so that a rejection that nobody handles
// is still nobody's.
import { replaceMethod } from './replace.ts'

/** What is told of a body. */
export interface BodySink {
  chunk(bytes: Uint8Array): void
  /** Read to its end, broken or given up. */
  ended(): void
}

type Bytes = ReadableStream<Uint8Array>

/** One body and what it was split into: the first of them that is read is the one that counts. */
interface Taps {
  readonly sink: BodySink
  counted: Bytes | null
}

/** Looks at the body of `response`, and of its clones. */
export function tapResponse(response: Response, sink: BodySink): void {
  tapClone(response, { sink, counted: null })
}

function tapClone(response: Response, taps: Taps): void {
  if (response.body !== null) tapBody(response.body, taps)
  replaceMethod(response, 'clone', ({ call, self }) => {
    const clone = call()
    if (self === response && clone instanceof Response) {
      tapClone(clone, taps)
      // The body of a response that was cloned is another one than before.
      if (response.body !== null) tapBody(response.body, taps)
    }
    return clone
  })
}

const tapped = new WeakSet<Bytes>()

function tapBody(body: Bytes, taps: Taps): void {
  if (tapped.has(body)) return
  tapped.add(body)
  const chunk = (value: unknown): void => {
    taps.counted ??= body
    if (taps.counted === body && value instanceof Uint8Array) taps.sink.chunk(value)
  }
  const ended = (): void => {
    if (taps.counted === body) taps.sink.ended()
  }
  const look = (result: unknown): unknown => {
    const { done, value } = result as ReadableStreamReadResult<unknown>
    if (value !== undefined) chunk(value)
    if (done) ended()
    return result
  }
  const getReader = body.getReader.bind(body) as () => ReadableStreamDefaultReader<Uint8Array>
  const passOn = (): Passing => pass(getReader(), chunk, ended)
  replaceMethod(body, 'getReader', ({ call }) => {
    const reader = call() as ReadableStreamDefaultReader
    replaceMethod(reader, 'read', ({ call }) => (call() as Promise<unknown>).then(look))
    reader.closed.then(ended, () => {})
    return reader
  })
  for (const name of ['values', Symbol.asyncIterator] as const) {
    if (!(name in body)) continue
    replaceMethod(body, name, ({ call }) => {
      const iterator = call() as AsyncIterator<Uint8Array>
      replaceMethod(iterator, 'next', ({ call }) => (call() as Promise<unknown>).then(look))
      return iterator
    })
  }
  replaceMethod(body, 'tee', ({ call }) => {
    const branches = call() as Bytes[]
    for (const branch of branches) tapBody(branch, taps)
    return branches
  })
  replaceMethod(body, 'pipeTo', ({ call, self, args: [to, options] }) => {
    if (self !== body || !isFree(body, to, options)) return call()
    const { stream, release } = passOn()
    return stream.pipeTo(to, options as StreamPipeOptions).finally(release)
  })
  replaceMethod(body, 'pipeThrough', ({ call, self, args: [through, options] }) => {
    const { readable, writable } = (through ?? {}) as Partial<ReadableWritablePair>
    const isPlain = readable instanceof ReadableStream && isFree(body, writable, options)
    if (self !== body || !isPlain) return call()
    const { stream, release } = passOn()
    void stream
      .pipeTo(writable as WritableStream, options as StreamPipeOptions)
      .then(release, release)
    return readable
  })
}

// All else is the page's own to refuse.
function isFree(body: Bytes, to: unknown, options: unknown): to is WritableStream {
  const { signal } = (options ?? {}) as StreamPipeOptions
  const isSignal = signal === undefined || signal instanceof AbortSignal
  return isSignal && !body.locked && to instanceof WritableStream && !to.locked
}

interface Passing {
  readonly stream: Bytes
  /** The body is the application's again. */
  release(): void
}

/** A stream of the same chunks, read when they are asked for and not before. */
function pass(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  chunk: (value: unknown) => void,
  ended: () => void,
): Passing {
  let isOver = false
  let reading: Promise<unknown> = Promise.resolve()
  const over = (act: () => void): void => {
    if (isOver) return
    isOver = true
    ended()
    act()
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        reader.closed.then(
          // The read that takes the last chunk closes the body before it gives that chunk.
          () => reading.then(() => over(() => controller.close())),
          (reason: unknown) => over(() => controller.error(reason)),
        )
      },
      async pull(controller) {
        const read = reader.read()
        reading = read
        const { done, value } = await read
        if (done || isOver) return
        chunk(value)
        controller.enqueue(value)
      },
      cancel: (reason) => {
        isOver = true
        ended()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return {
    stream,
    release() {
      isOver = true
      reader.releaseLock()
    },
  }
}
