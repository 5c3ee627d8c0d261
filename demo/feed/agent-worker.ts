// The agent in a Worker: plays a run by due times on a timer of its own, so that a busy page cannot slow its
// source down. One message per event and port, as a network would bring them.
import { pace, scenario } from 'framewise/testing'
import type { DueEvent, PortMessage, WorkerJob } from './worker-job.ts'

addEventListener('message', ({ data, ports }: MessageEvent<WorkerJob>) => {
  play(dueEvents(data), (message) => ports.forEach((port) => port.postMessage(message)))
})

function dueEvents(job: WorkerJob): readonly DueEvent[] {
  if (job.kind === 'events') return job.events
  const events = scenario(job)
  const due = pace(events, job.rate)
  return events.map((event, index) => ({ due: due[index] ?? 0, data: JSON.stringify(event) }))
}

function play(events: readonly DueEvent[], post: (message: PortMessage) => void): void {
  const startedAt = performance.now()
  let next = 0
  const step = (): void => {
    const elapsed = performance.now() - startedAt
    for (; next < events.length; next++) {
      const event = events[next]
      if (event === undefined) break
      if (event.due > elapsed) return void setTimeout(step, event.due - elapsed)
      post(event.data)
    }
    post(null)
  }
  step()
}
