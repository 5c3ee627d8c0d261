// The page of `npm run lab`: the demo's sources and renderers, told from outside what to do. What the main thread spends
// is read from outside as well, where it can be read in full.
import { decodeRecording, type Recording } from 'framewise'
import { type LabFactorName, type LabProgress, type LabReading, runLab } from 'framewise/metrics'
import { pace, scenario } from 'framewise/testing'
import { protocolNamed } from '../../../demo/feed/relay-feed.ts'
import { labRenderers } from '../../../demo/lab/lab-renderers.tsx'
import { labSources } from '../../../demo/lab/lab-sources.ts'

/** What can be asked of the page. */
export interface LabPageOptions {
  /** Text of a recording; null for a generated run. */
  readonly recording: string | null
  readonly factors: readonly LabFactorName[] | undefined
  readonly pairs: number | undefined
  readonly speed: number | undefined
  /** Length of the stretch that is played, in ms. */
  readonly runMs: number | undefined
  readonly short: boolean
}

/** What stands on the page. */
export interface LabPage {
  /** The result as JSON. */
  run(options: LabPageOptions): Promise<string>
  cancel(): void
}

// Both are put there from outside.
declare const readCost: () => Promise<LabReading>
declare const tellProgress: (progress: LabProgress) => void

const cancelling = new AbortController()

async function run({ recording: text, ...options }: LabPageOptions): Promise<string> {
  const recording = text === null ? generated(options.short) : decodeRecording(text)
  const stage = document.querySelector<HTMLElement>('#stage')
  if (stage === null) throw new Error('the page has no stage')
  const result = await runLab({
    ...options,
    recording,
    protocol: protocolNamed(recording.protocol),
    sources: await labSources('sse'),
    stage,
    renderers: labRenderers('markdown'),
    cost: readCost,
    onProgress: tellProgress,
    signal: cancelling.signal,
  })
  return JSON.stringify(result)
}

// As long as is played of it: thoughts, a tool call, and Markdown for the most part.
function generated(short: boolean): Recording {
  const events = scenario({ events: short ? 150 : 600, chunk: 4, seed: 1 })
  const due = pace(events, 1000)
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

const page: LabPage = { run, cancel: () => cancelling.abort(new Error('cancelled')) }
Object.assign(globalThis, { lab: page })
