// What the experiment plays: the shipped recording, or a generated run where it is missing. Either is played
// faster when it is long, so that all rounds together take about a minute.
import { decodeRecording, type Protocol } from 'framewise'
import { pace, scenario } from 'framewise/testing'
import type { RunRequest } from '../demo-server.ts'
import { protocolNamed } from '../feed/relay-feed.ts'
import type { DueEvent } from '../feed/worker-job.ts'

/** A run that can be played again and again, from the Worker or by the server. */
export interface Track {
  /** What it is, in words. */
  readonly label: string
  readonly protocol: Protocol
  /** Events with their times, already at the speed they are played at. */
  readonly events: readonly DueEvent[]
  /** The same run, asked of the server. */
  readonly request: RunRequest
}

/** Longest time one arm may take, in ms. */
export const ARM_MS = 1300

const NAME = 'agent-run'
const GENERATED = { rate: 800, chunk: 4, events: 1000, seed: 1 } as const

/** Loads the shipped recording, or makes a run. */
export async function loadTrack(): Promise<Track> {
  return (await recordedTrack()) ?? generatedTrack()
}

async function recordedTrack(): Promise<Track | null> {
  const response = await fetch(`./recordings/${NAME}.ndjson`).catch(() => null)
  // A server for one-page applications answers anything with its page.
  const isPage = response?.headers.get('content-type')?.startsWith('text/html') === true
  if (response === null || !response.ok || isPage) return null
  const { events, protocol } = decodeRecording(await response.text())
  const lengthMs = events.at(-1)?.t ?? 0
  const speed = Math.max(1, Math.round((lengthMs / ARM_MS) * 10) / 10)
  const seconds = (lengthMs / 1000).toFixed(1)
  return {
    label: `the shipped recording, ${events.length} events in ${seconds} s, played ${speed} times as fast`,
    protocol: protocolNamed(protocol),
    events: events.map(({ t, data }) => ({ due: t / speed, data })),
    request: { source: 'relay', recording: NAME, speed },
  }
}

function generatedTrack(): Track {
  const { rate, events } = GENERATED
  const made = scenario(GENERATED)
  const due = pace(made, rate)
  return {
    label: `a generated run, ${events} events at ${rate} a second`,
    protocol: protocolNamed('ag-ui'),
    events: made.map((event, index) => ({ due: due[index] ?? 0, data: JSON.stringify(event) })),
    request: { source: 'relay', ...GENERATED },
  }
}
