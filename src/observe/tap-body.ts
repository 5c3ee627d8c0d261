// Looks at the chunks of a body as they are read, however they are: by a reader, a pipe, an iteration, a clone. All of it
// is done by the page's own streams; promises are passed on one microtask later, so that a rejection that nobody handles
// is still nobody's.
import { passBody, type Passing } from './pass-body.ts'
import { replaceMethod } from './replace.ts'

/** What is told of a body. */
export interface BodySink {
  chunk(bytes: Uint8Array): void
  /** Read to its end, broken or given up; after its last chunk, once or more. Not of a body that nobody read. */
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
  const passOn = (): Passing => passBody(getReader(), chunk, ended)
  // A polyfill iterates by a reader, or one way by the other: what is within is not looked at again.
  let isIterating = false
  const iterate = (call: () => unknown): unknown => {
    isIterating = true
    try {
      return call()
    } finally {
      isIterating = false
    }
  }
  replaceMethod(body, 'getReader', ({ call }) => {
    const reader = call() as ReadableStreamDefaultReader
    if (!isIterating) tapReader(reader, look, ended)
    return reader
  })
  for (const name of ['values', Symbol.asyncIterator] as const) {
    if (!(name in body)) continue
    replaceMethod(body, name, ({ call, args: [options] }) => {
      if (isIterating) return call()
      const iterator = iterate(call) as AsyncIterator<Uint8Array>
      const { preventCancel } = (options ?? {}) as ReadableStreamIteratorOptions
      replaceMethod(iterator, 'next', ({ call }) =>
        (iterate(call) as Promise<unknown>).then(look, (reason: unknown) => {
          ended()
          throw reason
        }),
      )
      replaceMethod(iterator, 'return', ({ call }) => {
        if (!preventCancel) ended()
        return call()
      })
      return iterator
    })
  }
  replaceMethod(body, 'cancel', ({ call, self }) => {
    if (self === body && !body.locked) ended()
    return call()
  })
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

function tapReader(
  reader: ReadableStreamDefaultReader,
  look: (result: unknown) => unknown,
  ended: () => void,
): void {
  let reading: Promise<unknown> = Promise.resolve()
  let isReleased = false
  replaceMethod(reader, 'read', ({ call }) => {
    reading = call() as Promise<unknown>
    return reading.then(look)
  })
  replaceMethod(reader, 'releaseLock', ({ call }) => {
    const gave = call()
    isReleased = true
    return gave
  })
  // The read that takes the last chunk closes the body before it gives that chunk.
  const over = (): void => void reading.then(ended, ended)
  // A lock that is given back ends nothing: somebody else may go on.
  reader.closed.then(over, () => isReleased || over())
}
