// Any async iterable as a transport: a Worker's messages, an SDK's own stream, a test's script.
import { abandon } from '../core/abandon.ts'
import { AgentStreamError, wordsOf } from '../core/errors.ts'
import type { Frame } from '../core/protocol.ts'
import { createInbox, type Inbox } from './inbox.ts'
import type { OpenOptions, Read, Transport } from './transport.ts'

/** What an iterable may give: a payload's text, a frame, or several frames that arrived together. */
export type Chunk = string | Frame | readonly Frame[]

/** An iterable, or a function that makes one for every connection and so allows for resuming. */
export type ChunkSource = AsyncIterable<Chunk> | ((options: OpenOptions) => AsyncIterable<Chunk>)

/**
 * Reads an async iterable.
 * @example createAgentStream({ id: 'local', transport: fromAsyncIterable(myGenerator()) })
 */
export function fromAsyncIterable(source: ChunkSource): Transport {
  return {
    name: 'async-iterable',
    open: (options) => readChunks(typeof source === 'function' ? source(options) : source, options),
  }
}

async function* readChunks(
  source: AsyncIterable<Chunk>,
  options: OpenOptions,
): AsyncGenerator<Read> {
  const inbox = createInbox(options.signal)
  const iterator = source[Symbol.asyncIterator]()
  inbox.put({ at: options.clock.now(), frames: [] })
  void fill(inbox, iterator, options)
  try {
    yield* inbox.reads()
  } finally {
    // Not awaited: a generator that waits for its next value cannot return before that has come.
    abandon(iterator)
  }
}

async function fill(
  inbox: Inbox,
  iterator: AsyncIterator<Chunk>,
  { clock, signal }: OpenOptions,
): Promise<void> {
  try {
    while (!signal.aborted) {
      const { done, value } = await iterator.next()
      if (done === true) return inbox.end()
      inbox.put({ at: clock.now(), frames: toFrames(value) })
    }
  } catch (cause) {
    const words = `the iterable threw: ${wordsOf(cause)}`
    inbox.end(new AgentStreamError('connection-failed', words, { cause }))
  }
}

function toFrames(chunk: Chunk): readonly Frame[] {
  if (typeof chunk === 'string') return [{ event: 'message', id: undefined, data: chunk }]
  return 'data' in chunk ? [chunk] : chunk
}
