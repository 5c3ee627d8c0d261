// One run of one arm, alone on the page: a fresh source, a fresh reader, a fresh view.
import type { Clock } from '../core/clock.ts'
import { createBare } from './bare.ts'
import { createByHand } from './by-hand.ts'
import { type Consumer, type ConsumerSetting, nextPaint } from './consumer.ts'
import type { LabReading, LabRenderers, LabSource } from './options.ts'
import { createPipeline } from './pipeline.ts'
import type { ArmPlan } from './plan.ts'
import type { LabCost } from './result.ts'
import type { Track } from './track.ts'
import { watch, type Watched } from './watched.ts'

/** What every run of a lab shares. */
export interface Bench {
  readonly sources: Readonly<Record<string, LabSource>>
  readonly stage: HTMLElement | undefined
  readonly renderers: LabRenderers | undefined
  readonly cost: (() => LabReading | Promise<LabReading>) | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** One run. */
export type ArmRun = Pick<ArmPlan, 'consumer' | 'schedule' | 'view' | 'hidden' | 'source'> & {
  readonly track: Track
  /** Longest time that a run may go on after its last event was due, in ms; then it is cut. */
  readonly graceMs: number
}

/**
 * Plays the track to its end.
 * @throws the reason of the signal, or what the source threw
 */
export async function runArm(bench: Bench, run: ArmRun): Promise<LabCost> {
  for (;;) {
    const unseen = watchVisibility(bench.clock)
    try {
      const cost = await runOnce(bench, run)
      // Nothing is painted that nobody sees: such a run says nothing of the others.
      if (!unseen.happened()) return cost
      await seen(bench)
    } finally {
      unseen.close()
    }
  }
}

async function runOnce(bench: Bench, run: ArmRun): Promise<LabCost> {
  const { clock, signal, stage } = bench
  signal.throwIfAborted()
  const source = bench.sources[run.source]
  if (source === undefined) throw new TypeError(`expected a source “${run.source}”, found none`)
  const cutting = new AbortController()
  const ending = AbortSignal.any([signal, cutting.signal])
  const watched = watch(source, run.track.recording, ending)
  if (stage !== undefined) stage.style.contentVisibility = run.hidden ? 'hidden' : ''
  const { protocol } = run.track
  const fail = (error: unknown): void => {
    watched.failed(error)
    cutting.abort()
  }
  const given = { ...bench, ...run, protocol, transport: watched, signal: ending, fail }
  const consumer = consumerOf(run, given)
  const spanMs = run.track.recording.events.at(-1)?.t ?? 0
  try {
    await nextPaint(clock)
    const before = await bench.cost?.()
    const startedAt = clock.now()
    const cancel = clock.setTimer(() => cutting.abort(), spanMs + run.graceMs)
    await consumer.play().finally(cancel)
    const drainMs = Math.max(0, clock.now() - watched.firstAt - spanMs) || 0
    await nextPaint(clock)
    const runMs = clock.now() - startedAt
    const after = await bench.cost?.()
    signal.throwIfAborted()
    watched.check()
    const complete = !cutting.signal.aborted && watched.events === run.track.recording.events.length
    return { ...costOf(consumer, watched, before, after), runMs, drainMs, complete }
  } finally {
    consumer.close()
    watched.close()
    if (stage !== undefined) stage.style.contentVisibility = ''
  }
}

function costOf(
  consumer: Consumer,
  watched: Watched,
  before: LabReading | undefined,
  after: LabReading | undefined,
): Omit<LabCost, 'runMs' | 'drainMs' | 'complete'> {
  const consumed = consumer.consumed()
  const { receiveMs, publishMs, paintMs } = consumed
  const probed = before !== undefined && after !== undefined
  return {
    ...consumed,
    busyMs: probed ? after.taskMs - before.taskMs : receiveMs + publishMs + paintMs,
    scriptMs: probed ? after.scriptMs - before.scriptMs : receiveMs + publishMs,
    events: watched.events,
    lateMs: watched.lateMs(),
  }
}

function consumerOf({ consumer }: ArmRun, setting: ConsumerSetting): Consumer {
  switch (consumer) {
    case 'discard':
      return createBare(setting, false)
    case 'parse':
      return createBare(setting, true)
    case 'by-hand':
      return createByHand(setting)
    case 'framewise':
      return createPipeline(setting)
  }
}

interface Visibility {
  happened(): boolean
  close(): void
}

function watchVisibility(clock: Clock): Visibility {
  let hidden = clock.hidden()
  const close = clock.onVisibilityChange(() => (hidden ||= clock.hidden()))
  return { happened: () => hidden, close }
}

function seen({ clock, signal }: Bench): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.onVisibilityChange(() => done())
    function done(): void {
      if (clock.hidden() && !signal.aborted) return
      cancel()
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(signal.reason as Error)
      else resolve()
    }
    signal.addEventListener('abort', done)
    done()
  })
}
