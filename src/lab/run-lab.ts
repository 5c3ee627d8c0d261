// runLab: turns correlation into cause. One recording is played again and again with one factor changed at a time; what
// is told of a factor is told by pairs that were measured right after one another.
import type { Protocol } from '../core/protocol.ts'
import { browserClock } from '../frame/browser-clock.ts'
import { agUi } from '../protocols/ag-ui.ts'
import { replay } from '../transport/replay.ts'
import type { Recording } from '../wire/recording.ts'
import { sharesOf } from './compare.ts'
import { conclude } from './conclude.ts'
import type { View } from './consumer.ts'
import { measureCapacities, measureFactor, progressOf } from './measure.ts'
import type { LabOptions, LabSource } from './options.ts'
import { isPaced, spanOf } from './pace.ts'
import { planLab } from './plan.ts'
import { chanceOf } from './range.ts'
import { record } from './record.ts'
import { LAB_FACTORS, type LabFactor, type LabResult } from './result.ts'
import type { Bench } from './run-arm.ts'
import { stretchOf } from './stretch.ts'
import { charsIn, type Track } from './track.ts'

const LONG = { pairs: 5, runMs: 600, refinements: 2, searches: 2, maxEvents: 40_000, graceMs: 5000 }
const SHORT = { pairs: 2, runMs: 150, refinements: 1, searches: 1, maxEvents: 8000, graceMs: 1500 }

/**
 * Plays one recording with one factor changed at a time, and says which of them explain what it costs the main thread.
 * Takes about three minutes and a half, `short` less than twenty seconds; the page should do nothing else meanwhile.
 * @throws TypeError when the recording has no text that can be decoded, or a stage comes without renderers
 * @throws the reason of `signal` once it is aborted, and whatever a source threw
 * @example
 * const { conclusion } = await runLab({ recording, stage, renderers: { plain }, onProgress: console.log })
 */
export async function runLab(options: LabOptions): Promise<LabResult> {
  const effort = options.short === true ? SHORT : LONG
  const { pairs = effort.pairs, factors = LAB_FACTORS, short = false } = options
  const bench = benchOf(options)
  checkNumbers(options)
  const track = await trackOf(options, bench, options.runMs ?? effort.runMs)
  const view = viewOf(options)
  const plan = planLab({ factors, sources: Object.keys(bench.sources), view, short })
  const wantsSpeed = factors.includes('speed')
  const tell = progressOf(plan, pairs, wantsSpeed, options.onProgress)
  const measured: LabFactor[] = []
  for (const factor of plan) {
    measured.push(
      await measureFactor(bench, factor, { track, pairs, tell, graceMs: effort.graceMs }),
    )
  }
  const capacity = wantsSpeed ? await measureCapacities(bench, { track, view, effort, tell }) : []
  const client = measured.find(({ name }) => name === 'client')
  const findings = {
    framewiseLab: 1 as const,
    played: playedOf(track, options.speed ?? 1),
    pairs,
    chance: chanceOf(pairs),
    costBy: options.cost === undefined ? ('stages' as const) : ('probe' as const),
    factors: measured,
    shares: client === undefined ? [] : sharesOf(client),
    capacity,
  }
  return { ...findings, conclusion: conclude(findings) }
}

const IN_PAGE: LabSource = (recording) => ({ transport: replay(recording) })

function benchOf(options: LabOptions): Bench {
  const { sources = {}, stage, renderers, cost, clock = browserClock() } = options
  if (stage !== undefined && renderers === undefined) {
    throw new TypeError('expected `renderers` with a `stage`, got none')
  }
  return {
    sources: Object.keys(sources).length === 0 ? { page: IN_PAGE } : sources,
    stage,
    renderers,
    cost,
    clock,
    signal: options.signal ?? new AbortController().signal,
  }
}

function checkNumbers({ pairs = 5, runMs = 500, speed = 1 }: LabOptions): void {
  if (!(Number.isInteger(pairs) && pairs >= 2)) {
    throw new TypeError(`expected \`pairs\` of 2 or more, got ${pairs}`)
  }
  if (!(runMs > 0)) throw new TypeError(`expected \`runMs\` above 0, got ${runMs}`)
  if (!(speed > 0 && speed < Infinity)) {
    throw new TypeError(`expected \`speed\` above 0, got ${speed}`)
  }
}

const viewOf = ({ stage, renderers }: LabOptions): View =>
  stage === undefined ? 'none' : renderers?.markdown === undefined ? 'plain' : 'markdown'

async function trackOf(options: LabOptions, bench: Bench, runMs: number): Promise<Track> {
  const given = options.recording
  const recording = 'events' in given ? given : await recordFirst(options, bench)
  const protocol = protocolOf(options.protocol, recording)
  const stretch = stretchOf({ recording, protocol }, runMs, options.speed ?? 1)
  const track = { recording: stretch, protocol }
  if (charsIn(track) > 0) return track
  throw new TypeError(
    `expected a recording with text that “${protocol.name}” can decode, ` +
      `got ${recording.events.length} events without any; is \`protocol\` right?`,
  )
}

function recordFirst(options: LabOptions, { clock, signal }: Bench): Promise<Recording> {
  const { recording, recordMs = 10_000, protocol = agUi } = options
  if ('events' in recording) return Promise.resolve(recording)
  const forMs = recordMs
  return record({ transport: recording, protocol: protocol.name, forMs, clock, signal })
}

function protocolOf(protocol: Protocol | undefined, { protocol: named }: Recording): Protocol {
  if (protocol !== undefined) return protocol
  if (named === agUi.name) return agUi
  throw new TypeError(`expected a \`protocol\` for a recording of “${named}”, got none`)
}

const playedOf = ({ recording, protocol }: Track, speed: number): LabResult['played'] => ({
  layout: recording.layout,
  protocol: protocol.name,
  events: recording.events.length,
  chars: charsIn({ recording, protocol }),
  ms: spanOf({ recording, protocol }),
  paced: isPaced({ recording, protocol }),
  speed,
})
