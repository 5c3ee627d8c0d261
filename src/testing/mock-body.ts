// The body of a mocked SSE answer. It is pulled: what was sent before a cut arrives before it, to the byte.
import type { MockViewer } from './mock-viewers.ts'

/** A body that a log can write to. */
export interface MockBody extends MockViewer {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Makes an open body; `onCancel` is called when its reader has gone. */
export function createMockBody(onCancel: () => void): MockBody {
  const waiting: string[] = []
  let last: 'close' | 'cut' | null = null
  let gone = false
  let wake = (): void => {}
  const finish = (how: 'close' | 'cut'): void => {
    last ??= how
    wake()
  }
  const pull = async (
    controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>,
  ): Promise<void> => {
    if (waiting.length === 0 && last === null) {
      await new Promise<void>((resolve) => (wake = resolve))
    }
    if (gone) return
    const text = waiting.shift()
    if (text !== undefined) controller.enqueue(bytesOf(text))
    else if (last === 'cut') controller.error(new TypeError('cut by the test'))
    else controller.close()
  }
  const cancel = (): void => {
    gone = true
    wake()
    onCancel()
  }
  return {
    // Nothing is read ahead: the reader's demand is the only one.
    stream: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }),
    send(text) {
      waiting.push(text)
      wake()
    },
    end: () => finish('close'),
    hangUp: () => finish('close'),
    cut: () => finish('cut'),
  }
}

const encoder = new TextEncoder()

/**
 * Text as UTF-8. Copied, since the `TextEncoder` of jsdom makes arrays of another realm, which neither msw nor
 * a client's `instanceof ArrayBuffer` takes for bytes.
 */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encoder.encode(text))
}
