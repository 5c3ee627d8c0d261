// Bodies as they are read, in any way and at any pace: nothing is lost or seen twice, and their end is told.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BodySink, tapResponse } from '../../src/observe/tap-body.ts'

const encoder = new TextEncoder()

/** What was told of a body. */
interface Told extends BodySink {
  text: string
  ends: number
}

function told(): Told {
  const decoder = new TextDecoder()
  return {
    text: '',
    ends: 0,
    chunk(bytes) {
      this.text += decoder.decode(bytes)
    },
    ended() {
      this.ends++
    },
  }
}

const tapped = (body: BodyInit, sink: BodySink = told()): Response => {
  const response = new Response(body)
  tapResponse(response, sink)
  return response
}

/** All of it is queued before anybody reads, and its end as well. */
const queued = (pieces: readonly string[], type?: 'bytes'): ReadableStream<Uint8Array> =>
  new ReadableStream({
    type: type as 'bytes',
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece))
      controller.close()
    },
  })

const through = async ({ body }: Response): Promise<string> => {
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece
  return text
}

const into = async ({ body }: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  await body?.pipeTo(
    new WritableStream<Uint8Array>({ write: (chunk) => void (text += decoder.decode(chunk)) }),
  )
  return text
}

describe.each([
  ['pipeThrough', through],
  ['pipeTo', into],
])('%s', (_, read) => {
  it.each([undefined, 'bytes'] as const)(
    'passes all that was queued before, of type %s',
    async (type) => {
      const sink = told()
      expect(await read(tapped(queued(['a', 'b', 'c'], type), sink))).toBe('abc')
      expect(sink).toMatchObject({ text: 'abc', ends: 1 })
    },
  )

  it('passes a whole answer that is one string', async () => {
    expect(await read(tapped('the answer'))).toBe('the answer')
  })

  it('passes any chunks at any pace, however they end', async () => {
    const pace = fc.integer({ min: 0, max: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme-ascii' }), pace)),
        pace,
        fc.constantFrom(undefined, 'bytes' as const),
        async (chunks, endPace, type) => {
          const turns = async (count: number): Promise<void> => {
            for (let turn = 0; turn < count; turn++) await Promise.resolve()
          }
          const body = new ReadableStream<Uint8Array>({
            type: type as 'bytes',
            start(controller) {
              const play = async (): Promise<void> => {
                for (const [text, count] of chunks) {
                  await turns(count)
                  controller.enqueue(encoder.encode(text))
                }
                await turns(endPace)
                controller.close()
              }
              void play()
            },
          })
          const sink = told()
          const all = chunks.map(([text]) => text).join('')
          expect(await read(tapped(body, sink))).toBe(all)
          expect(sink.text).toBe(all)
        },
      ),
    )
  })
})

interface Playing {
  readonly response: Response
  readonly sink: Told
  readonly controller: ReadableStreamDefaultController<Uint8Array>
  readonly body: ReadableStream<Uint8Array>
}

/** One chunk has come, and it stays open. */
function playing(): Playing {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const sink = told()
  const source = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given
      given.enqueue(encoder.encode('a'))
    },
  })
  const response = tapped(source, sink)
  if (controller === undefined || response.body === null) throw new Error('no body')
  return { response, sink, controller, body: response.body }
}

const broken = new RangeError('broken')
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Ways to come to no end, or to another than the body's own. */
const ENDS: Readonly<Record<string, (one: Playing) => Promise<unknown>>> = {
  async 'broken under a reader'({ body, controller }) {
    await body.getReader().read()
    controller.error(broken)
  },
  async 'broken under a reader that waits'({ body, controller }) {
    const reader = body.getReader()
    await reader.read()
    const waiting = reader.read()
    controller.error(broken)
    await expect(waiting).rejects.toBe(broken)
  },
  async 'broken under an iteration'({ body, controller }) {
    await expect(
      (async () => {
        for await (const _ of body) controller.error(broken)
      })(),
    ).rejects.toBe(broken)
  },
  async 'broken under a pipe'({ body, controller }) {
    const piped = body.pipeTo(new WritableStream({ write: () => controller.error(broken) }))
    await expect(piped).rejects.toBe(broken)
  },
  async 'cancelled by a reader'({ body }) {
    const reader = body.getReader()
    await reader.read()
    await reader.cancel()
  },
  async 'cancelled after a reader'({ body }) {
    const reader = body.getReader()
    await reader.read()
    reader.releaseLock()
    await body.cancel()
  },
  async 'an iteration left'({ body }) {
    for await (const _ of body) break
  },
  async 'an iteration left for good'({ body }) {
    for await (const _ of body.values({ preventCancel: false })) break
  },
  async 'a pipe aborted'({ body }) {
    const over = new AbortController()
    const piped = body.pipeTo(new WritableStream({ write: () => over.abort(broken) }), over)
    await expect(piped).rejects.toBe(broken)
  },
  async 'closed with its last chunk'({ body, controller }) {
    controller.close()
    await body.getReader().read()
  },
}

it.each(Object.keys(ENDS))('tells the end, after the last chunk: %s', async (name) => {
  const one = playing()
  const order: string[] = []
  const { chunk, ended } = one.sink
  one.sink.chunk = (bytes) => void (order.push('chunk'), chunk.call(one.sink, bytes))
  one.sink.ended = () => void (order.push('ended'), ended.call(one.sink))
  await ENDS[name]?.(one)
  await settled()
  expect(order.slice(0, 2)).toEqual(['chunk', 'ended'])
  expect(one.sink.text).toBe('a')
})

/** Ways to leave a body for somebody else to go on with. */
const PAUSES: Readonly<Record<string, (one: Playing) => Promise<unknown>>> = {
  async 'a lock given back'({ body }) {
    const reader = body.getReader()
    await reader.read()
    reader.releaseLock()
  },
  async 'an iteration left to be gone on with'({ body }) {
    for await (const _ of body.values({ preventCancel: true })) break
  },
  async 'a cancel that is refused'({ body }) {
    await body.getReader().read()
    await expect(body.cancel()).rejects.toThrow(TypeError)
  },
  async 'a pipe that leaves it'({ body }) {
    const refusing = new WritableStream({ write: () => Promise.reject(broken) })
    await expect(body.pipeTo(refusing, { preventCancel: true })).rejects.toBe(broken)
  },
}

it.each(Object.keys(PAUSES))('tells no end: %s', async (name) => {
  const one = playing()
  await PAUSES[name]?.(one)
  await settled()
  expect(one.sink).toMatchObject({ text: 'a', ends: 0 })
})

it('sees once what an iteration of a polyfill reads by a reader', async () => {
  const sink = told()
  const { values } = ReadableStream.prototype
  async function* polyfilled(this: ReadableStream<Uint8Array>) {
    const reader = this.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  }
  const iterate = ReadableStream.prototype[Symbol.asyncIterator]
  Object.assign(ReadableStream.prototype, {
    [Symbol.asyncIterator]: polyfilled,
    values: polyfilled,
  })
  try {
    const response = tapped(queued(['a', 'b']), sink)
    for await (const _ of response.body ?? []) continue
  } finally {
    Object.assign(ReadableStream.prototype, { [Symbol.asyncIterator]: iterate, values })
  }
  expect(sink).toMatchObject({ text: 'ab' })
})
