// The Isolate section: runs the lab on a quiet page, shows how far it is, and then what came out.
import { type LabProgress, type LabResult, runLab } from 'framewise/metrics'
import { protocolNamed } from '../feed/relay-feed.ts'
import { type Ending, type Job, wordsOf } from '../job.ts'
import { find } from '../page/find.ts'
import type { Settings } from '../settings.ts'
import { loadRecording } from './lab-recording.ts'
import { writeResult } from './lab-result.ts'
import { labSources } from './lab-sources.ts'

/** Runs the lab and shows its result; the section's Cancel button ends it as `stop` does. */
export function startLab(settings: Settings): Job {
  const section = find('#lab')
  const cancel = find('#lab-cancel')
  const own = new AbortController()
  const stop = (): void => own.abort()
  const go = async (): Promise<Ending> => {
    cancel.addEventListener('click', stop, { signal: own.signal })
    section.dataset['state'] = 'running'
    section.scrollIntoView({ block: 'start' })
    cancel.focus({ preventScroll: true })
    showProgress(null)
    writeResult(await measure(settings, own.signal))
    section.dataset['state'] = 'done'
    find('#lab-result').focus({ preventScroll: true })
    return { state: 'done', words: 'Isolate: done.' }
  }
  const failed = (error: unknown): Ending => {
    section.dataset['state'] = 'idle'
    if (own.signal.aborted) return { state: 'idle', words: 'Isolate was cancelled.' }
    return { state: 'failed', words: `Isolate could not go on: ${wordsOf(error)}` }
  }
  const ending = go()
    .catch(failed)
    .finally(() => cancel.removeEventListener('click', stop))
  return { ending, stop }
}

async function measure(
  { renderer, transport }: Settings,
  signal: AbortSignal,
): Promise<{ readonly result: LabResult; readonly label: string }> {
  // Not before somebody asks: the lab's views bring the Markdown renderer with them.
  const [{ recording, label }, sources, { labRenderers }] = await Promise.all([
    loadRecording(),
    labSources(transport),
    import('./lab-renderers.tsx'),
  ])
  signal.throwIfAborted()
  const result = await runLab({
    recording,
    protocol: protocolNamed(recording.protocol),
    sources,
    stage: find('#lab-stage'),
    renderers: labRenderers(renderer),
    short: find<HTMLInputElement>('#lab-short').checked,
    onProgress: showProgress,
    signal,
  })
  return { result, label }
}

let startedAt = 0

function showProgress(progress: LabProgress | null): void {
  const bar = find<HTMLProgressElement>('#lab-progress')
  const words = find('#lab-step')
  if (progress === null) {
    startedAt = performance.now()
    bar.value = 0
    words.textContent = 'Getting ready'
    return
  }
  const { done, total, factor, arm, round } = progress
  bar.max = total
  bar.value = done
  const which = round === 0 ? 'warming up' : factor === 'speed' ? 'searching' : `round ${round}`
  words.textContent = `${factor}: ${arm}, ${which}${remaining(done, total)}`
}

function remaining(done: number, total: number): string {
  if (done < 8) return ''
  const seconds = ((performance.now() - startedAt) * (total - done)) / done / 1000
  return ` · about ${Math.max(5, Math.round(seconds / 5) * 5)} s to go`
}
