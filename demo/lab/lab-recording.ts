// What the lab plays: the shipped recording, or a generated run where it is missing.
import { decodeRecording, type Recording } from 'framewise'
import { generatedRecording } from './generated-recording.ts'

/** A recording, and what it is in words. */
export interface LabRecording {
  readonly recording: Recording
  readonly label: string
}

/** Loads the shipped recording, or makes a run. */
export async function loadRecording(): Promise<LabRecording> {
  const recording = await shipped()
  return recording === null
    ? { recording: generatedRecording(2000), label: 'a generated run' }
    : { recording, label: 'the shipped recording' }
}

async function shipped(): Promise<Recording | null> {
  const response = await fetch('./recordings/agent-run.ndjson').catch(() => null)
  // A server for one-page applications answers anything with its page.
  const isPage = response?.headers.get('content-type')?.startsWith('text/html') === true
  return response === null || !response.ok || isPage ? null : decodeRecording(await response.text())
}
