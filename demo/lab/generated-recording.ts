// A run that nobody has recorded: thoughts, a tool call, and Markdown for the most part.
import type { Recording } from 'framewise'
import { pace, scenario } from 'framewise/testing'

const RATE = 1000

/** Makes a run of so many events, 1,000 a second; the same every time. */
export function generatedRecording(count: number): Recording {
  const events = scenario({ events: count, chunk: 4, seed: 1 })
  const due = pace(events, RATE)
  return {
    framewise: 1,
    layout: 'memory',
    protocol: 'ag-ui',
    events: events.map((event, index) => ({
      t: due[index] ?? 0,
      id: null,
      data: JSON.stringify(event),
    })),
  }
}
