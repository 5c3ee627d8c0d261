// The Isolate section: plays one recording through every arm on a quiet page, and says what came out.
import { loadTextView } from '../chat/text-view.ts'
import { fetchConfig } from '../demo-server.ts'
import type { Feed } from '../feed/feed.ts'
import { relayFeed } from '../feed/relay-feed.ts'
import { workerFeed } from '../feed/worker-feed.ts'
import { type Ending, type Job, wordsOf } from '../job.ts'
import { find } from '../page/find.ts'
import type { Settings } from '../settings.ts'
import { type ArmName, compare, type Rounds } from './arm-cost.ts'
import { PAIRS, runExperiment, type SourceName, type Step, stepsOf } from './experiment.ts'
import { writeResults } from './result-table.ts'
import { runArm } from './run-arm.ts'
import { sentenceOf } from './sentence.ts'
import { loadTrack, type Track } from './track.ts'

type Results = ReadonlyMap<SourceName, Rounds>

/** Runs the experiment and shows its result; the section's Cancel button ends it as `stop` does. */
export function startIsolate(settings: Settings): Job {
  const section = find('#isolate')
  const cancel = find('#isolate-cancel')
  const own = new AbortController()
  const stop = (): void => own.abort()
  const go = async (): Promise<Ending> => {
    cancel.addEventListener('click', stop, { signal: own.signal })
    section.dataset['state'] = 'running'
    section.scrollIntoView({ block: 'start' })
    const { track, results } = await experiment(settings, own.signal)
    show(track, results)
    section.dataset['state'] = 'done'
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

async function experiment(
  { renderer, transport }: Settings,
  signal: AbortSignal,
): Promise<{ readonly track: Track; readonly results: Results }> {
  const [track, TextView, config] = await Promise.all([
    loadTrack(),
    loadTextView(renderer),
    fetchConfig(),
  ])
  const sources: readonly SourceName[] = config === null ? ['worker'] : ['worker', 'relay']
  const stage = find('#isolate-stage')
  const open = (source: SourceName): Promise<Feed> | Feed =>
    source === 'worker'
      ? workerFeed({ kind: 'events', events: track.events }, 1, track.protocol)
      : relayFeed(track.request, transport, 1, signal)
  const measure = async (source: SourceName, arm: ArmName): ReturnType<typeof runArm> =>
    runArm({ arm, feed: await open(source), TextView, stage, signal })
  const results = await runExperiment({ sources, measure, onStep: progressOf(sources) })
  return { track, results }
}

function progressOf(sources: readonly SourceName[]): (step: Step) => void {
  const bar = find<HTMLProgressElement>('#isolate-progress')
  const words = find('#isolate-step')
  const steps = stepsOf(sources, PAIRS).length
  let done = 0
  return ({ source, arm, round }) => {
    bar.max = steps
    bar.value = done++
    const which = round === 0 ? 'Warming up' : `Round ${round} of ${PAIRS}`
    words.textContent = `${which}: ${arm}, from the ${source}`
  }
}

function show(track: Track, results: Results): void {
  writeResults(find<HTMLTableSectionElement>('#isolate-rows'), results)
  find('#isolate-sentence').textContent = sentenceOf(
    [...results].map(([source, rounds]) => ({ source, pairs: PAIRS, ...compare(rounds) })),
  )
  const without = results.has('relay') ? '' : ' The relay was left out: no server answers here.'
  find('#isolate-track').textContent =
    `Played: ${track.label}; ${PAIRS} interleaved pairs after a round of warm-up; in brackets the range of the pairs.${without}`
}
