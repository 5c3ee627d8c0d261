// Where the lab's recording is played from: a Worker, and the server's own lab, which writes it into memory or Redis and
// lets a relay read it from there.
import { type Recording, sse, webSocket } from 'framewise'
import type { LabFeed, LabSource } from 'framewise/metrics'
import { workerFeed } from '../feed/worker-feed.ts'
import { isRecord } from '../record.ts'
import type { Settings } from '../settings.ts'

/** The sources that there are; those of the server are left out where none answers. */
export async function labSources(
  transport: Settings['transport'],
): Promise<Readonly<Record<string, LabSource>>> {
  const names = await serverSources()
  return {
    worker: inWorker,
    ...Object.fromEntries(names.map((name) => [name, fromServer(name, transport)])),
  }
}

const inWorker: LabSource = ({ events }) => {
  const due = events.map(({ t, data }) => ({ due: t, data }))
  const { transports, close } = workerFeed({ kind: 'events', events: due }, 1)
  const [transport] = transports
  if (transport === undefined) throw new Error('the Worker has no reader')
  return { transport, close }
}

async function serverSources(): Promise<readonly string[]> {
  try {
    const response = await fetch('/lab/config', { headers: { accept: 'application/json' } })
    const body: unknown = response.ok ? await response.json() : null
    return isRecord(body) && Array.isArray(body['sources']) ? body['sources'].map(String) : []
  } catch {
    return []
  }
}

function fromServer(source: string, transport: Settings['transport']): LabSource {
  return async (recording, { signal }) => {
    const run = await post(source, recording, signal)
    const read = transport === 'ws' ? webSocket({ url: run.webSocket, stream: run.id }) : sse(run)
    const close = (): void => {
      if (signal.aborted) void fetch(`/lab/runs/${run.id}`, { method: 'DELETE' }).catch(() => {})
    }
    return { transport: read, close } satisfies LabFeed
  }
}

interface LabRun {
  readonly id: string
  readonly url: string
  readonly webSocket: string
}

async function post(source: string, recording: Recording, signal: AbortSignal): Promise<LabRun> {
  const response = await fetch(`/lab/runs?source=${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: toLines(recording),
    signal,
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && isRecord(body)) {
    return {
      id: String(body['id']),
      url: String(body['url']),
      webSocket: String(body['webSocket']),
    }
  }
  const error = isRecord(body) && isRecord(body['error']) ? body['error']['message'] : null
  throw new Error(`The server refused to replay: ${String(error ?? response.status)}`)
}

function toLines({ events, ...header }: Recording): string {
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('')
}
