// The page of `npm run lab`: the demo's sources and renderers, told from outside what to do. What the main thread spends
// is read from outside as well, where it can be read in full.
import { decodeRecording } from 'framewise'
import { type LabFactorName, type LabProgress, type LabReading, runLab } from 'framewise/metrics'
import { protocolNamed } from '../../../demo/feed/relay-feed.ts'
import { generatedRecording } from '../../../demo/lab/generated-recording.ts'
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
  // A generated one is as long as is played of it.
  const recording =
    text === null ? generatedRecording(options.short ? 150 : 600) : decodeRecording(text)
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

const page: LabPage = { run, cancel: () => cancelling.abort(new Error('cancelled')) }
Object.assign(globalThis, { lab: page })
