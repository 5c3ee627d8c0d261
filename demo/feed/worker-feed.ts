// A run out of a Worker: no network, no server; what remains is the page's own cost.
import { fromAsyncIterable } from 'framewise'
import { agUi } from 'framewise/protocols'
import type { Feed } from './feed.ts'
import { portMessages } from './port-messages.ts'
import type { WorkerJob } from './worker-job.ts'

/** Starts a Worker that plays `job` to `readers` readers. */
export function workerFeed(job: WorkerJob, readers: number): Feed {
  const worker = new Worker(new URL('./agent-worker.ts', import.meta.url), { type: 'module' })
  const channels = Array.from({ length: readers }, () => new MessageChannel())
  const broken = new AbortController()
  worker.addEventListener('error', ({ message }) => {
    broken.abort(new Error(message || 'the Worker could not be loaded'))
  })
  worker.postMessage(
    job,
    channels.map(({ port2 }) => port2),
  )
  return {
    protocol: agUi,
    reconnect: { maxAttempts: 0 },
    transports: channels.map(({ port1 }) =>
      fromAsyncIterable(({ signal }) => portMessages(port1, signal, broken.signal)),
    ),
    close: () => worker.terminate(),
    cancel: () => worker.terminate(),
  }
}
