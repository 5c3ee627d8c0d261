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
