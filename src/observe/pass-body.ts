// What a pipe reads in the place of a body, so that its chunks are seen on their way.

/** A body on its way through a pipe. */
export interface Passing {
  readonly stream: ReadableStream<Uint8Array>
  /** The body is the application's again. */
  release(): void
}

/** A stream of the same chunks, read when they are asked for and not before. */
export function passBody(
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
