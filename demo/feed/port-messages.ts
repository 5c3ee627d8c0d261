// A MessagePort as an async iterable. Messages wait in the port until the first one is asked for.
import type { PortMessage } from './worker-job.ts'

/**
 * Gives what a port receives, until null arrives or `signal` is aborted.
 * @throws the reason of `broken`, once it is aborted: the other side is gone
 */
export async function* portMessages(
  port: MessagePort,
  signal: AbortSignal,
  broken: AbortSignal,
): AsyncGenerator<string> {
  let waiting: PortMessage[] = []
  let wake = (): void => {}
  const wakeUp = (): void => wake()
  signal.addEventListener('abort', wakeUp, { once: true })
  broken.addEventListener('abort', wakeUp, { once: true })
  port.addEventListener('message', ({ data }: MessageEvent<PortMessage>) => {
    waiting.push(data)
    wake()
  })
  port.start()
  try {
    while (!signal.aborted) {
      const batch = waiting
      waiting = []
      for (const message of batch) {
        if (message === null) return
        yield message
      }
      broken.throwIfAborted()
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal.removeEventListener('abort', wakeUp)
    broken.removeEventListener('abort', wakeUp)
    port.close()
  }
}
