// A text of a given length that grows by a few characters with every flush.
import { createAgentStream } from 'framewise'
import { fakeTransport, scenario, textOf } from 'framewise/testing'
import { createRoot } from 'react-dom/client'
import { Chat, type Look } from './chat.tsx'
import { emptyStage, followEnd, nextFrame } from './stage.ts'

/** A text on the page. */
export interface Growing {
  /** Makes so many flushes, each painted before the next. */
  grow(flushes: number): Promise<void>
  /** Makes as many frames in which nothing grows. */
  rest(frames: number): Promise<void>
  close(): void
}

const DELTA_CHARS = 40
const source = textOf(scenario({ events: 4000, chunk: 8, seed: 5 }))
// What is added begins where the source begins, so that each arm grows by the very same text.
const opening = `${source.repeat(Math.ceil(1e6 / source.length))}\n\n`

/** Shows a text of `chars` characters. `others` so many further messages stand above it. */
export async function growing(look: Look, chars: number, others = 0): Promise<Growing> {
  const stage = emptyStage()
  const transport = fakeTransport()
  const text = `${opening.slice(0, chars)}\n\n`
  const message = (id: string, text: string) =>
    ({
      id,
      role: 'assistant',
      runId: null,
      text,
      parts: [{ id: `${id}:0`, type: 'text', text, state: 'streaming' }],
    }) as const
  const stream = createAgentStream({
    transport,
    schedule: 'frame',
    initialMessages: [
      ...Array.from({ length: others }, (_, index) =>
        message(`other-${index}`, `Message ${index}`),
      ),
      message('m', text),
    ],
  })
  const root = createRoot(stage)
  root.render(<Chat stream={stream} look={look} />)
  stream.connect()
  while (!transport.connected || stage.scrollHeight <= stage.clientHeight) await nextFrame()
  const follower = followEnd(stage)
  let at = 0
  return {
    async grow(flushes) {
      for (let flush = 0; flush < flushes; flush++) {
        const delta = source.slice(at, (at += DELTA_CHARS))
        transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })
        await nextFrame()
        await nextFrame()
      }
    },
    async rest(frames) {
      for (let frame = 0; frame < frames; frame++) {
        await nextFrame()
        await nextFrame()
      }
    },
    close() {
      follower.stop()
      stream.close()
      root.unmount()
    },
  }
}
