// What the lab plays: the shipped recording, or a generated run where it is missing.
import { decodeRecording, type Recording } from 'framewise'
import { pace, scenario } from 'framewise/testing'

const GENERATED = { rate: 1000, chunk: 4, events: 2000, seed: 1 } as const

/** A recording, and what it is in words. */
export interface LabRecording {
  readonly recording: Recording
  readonly label: string
}

/** Loads the shipped recording, or makes a run. */
export async function loadRecording(): Promise<LabRecording> {
  const recording = await shipped()
  return recording === null
    ? { recording: generated(), label: 'a generated run' }
    : { recording, label: 'the shipped recording' }
}

async function shipped(): Promise<Recording | null> {
  const response = await fetch('./recordings/agent-run.ndjson').catch(() => null)
  // A server for one-page applications answers anything with its page.
  const isPage = response?.headers.get('content-type')?.startsWith('text/html') === true
  return response === null || !response.ok || isPage ? null : decodeRecording(await response.text())
}

function generated(): Recording {
  const events = scenario(GENERATED)
  const due = pace(events, GENERATED.rate)
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
