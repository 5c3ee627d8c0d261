// A Worker without a thread of its own: what it is told reaches a scope in this thread, cloned, over real ports.
import { serveStreams, type ServeOptions } from '../../src/worker/index.ts'

/** A Worker in a test's hand. */
export interface FakeWorker extends Worker {
  readonly terminated: boolean
  /** Fails as one does whose file cannot be loaded. */
  fail(message: string): void
}

/** Makes one whose file calls `serveStreams` with these options. */
export function fakeWorker(options: ServeOptions): FakeWorker {
  const scope = new EventTarget()
  const self = new EventTarget()
  const state = { terminated: false }
  serveStreams({ ...options, scope: scope as NonNullable<ServeOptions['scope']> })
  const worker = {
    get terminated() {
      return state.terminated
    },
    terminate: () => void (state.terminated = true),
    addEventListener: self.addEventListener.bind(self),
    removeEventListener: self.removeEventListener.bind(self),
    postMessage(message: unknown, ports: MessagePort[]) {
      const data: unknown = structuredClone(message)
      queueMicrotask(() =>
        scope.dispatchEvent(Object.assign(new Event('message'), { data, ports })),
      )
    },
    fail: (message: string) => self.dispatchEvent(Object.assign(new Event('error'), { message })),
  }
  return worker as unknown as FakeWorker
}
