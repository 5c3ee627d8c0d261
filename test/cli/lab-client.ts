// A lab as its pages use it: recordings go in, streams come out.
import { encodeRecording } from '../../src/wire/recording.ts'
import type { Recording } from '../../src/wire/recording.ts'
import { openSse } from '../relay/sse-client.ts'

export interface LabReply {
  readonly status: number
  readonly body: {
    readonly id?: string
    readonly url?: string
    readonly source?: string
    readonly layout?: string
    readonly events?: number
    readonly written?: number
    readonly error?: { readonly code: string; readonly message: string }
  }
}

/** A recording with these payloads, `stepMs` apart. */
export function recordingOf(payloads: readonly string[], stepMs = 1): Recording {
  const events = payloads.map((data, n) => ({ t: n * stepMs, id: null, data }))
  return { framewise: 1, layout: 'memory', protocol: 'ag-ui', events }
}

/** Asks a lab to replay. */
export async function replay(
  url: string,
  query: string,
  recording: Recording | string,
  headers: Record<string, string> = {},
): Promise<LabReply> {
  const response = await fetch(`${url}/lab/runs?${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson', ...headers },
    body: typeof recording === 'string' ? recording : encodeRecording(recording),
  })
  return { status: response.status, body: (await response.json()) as LabReply['body'] }
}

/** Payloads of a stream up to its end. */
export async function viewAll(url: string): Promise<string[]> {
  const viewer = await openSse(url)
  await viewer.ended
  return viewer.payloads()
}
