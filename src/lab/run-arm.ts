// One run of one arm, alone on the page: a fresh source, a fresh reader, a fresh view.
import type { Cancel, Clock } from '../core/clock.ts'
import { createBare } from './bare.ts'
import { createByHand } from './by-hand.ts'
import { type Consumer, type ConsumerSetting, nextPaint } from './consumer.ts'
import type { LabReading, LabRenderers, LabSource } from './options.ts'
import { spanOf } from './pace.ts'
import { createPipeline } from './pipeline.ts'
import type { ArmPlan } from './plan.ts'
import type { LabCost } from './result.ts'
import type { Track } from './track.ts'
import { seen, watchVisibility } from './visibility.ts'
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
  /**
   * Longest time that a run may go on after its last event was due, in ms; then it is cut. Events are due from the first
   * one on: how long a source takes to start says nothing of the reader.
   */
  readonly graceMs: number
}

// A source that brings nothing for so long is cut.
const START_MS = 5000

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
      await seen(bench.clock, bench.signal)
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
  const { track, hidden, graceMs } = run
  const { recording, protocol } = track
  const spanMs = spanOf(track)
  const cutting = new AbortController()
  const cutAfter = (ms: number): Cancel => clock.setTimer(() => cutting.abort(), ms)
  let uncut: Cancel = () => {}
  const ending = AbortSignal.any([signal, cutting.signal])
  const watched = watch(source, recording, ending, () => {
    uncut()
    uncut = cutAfter(spanMs + graceMs)
  })
  const fail = (error: unknown): void => {
    watched.failed(error)
    cutting.abort()
  }
  const uncover = hidden ? cover(stage) : () => {}
  let consumer: Consumer | undefined
  try {
    consumer = consumerOf(run, {
      ...bench,
      ...run,
      protocol,
      transport: watched,
      signal: ending,
      fail,
    })
    await nextPaint(clock)
    const before = await bench.cost?.()
    const startedAt = clock.now()
    uncut = cutAfter(START_MS)
    await consumer.play()
    uncut()
    const drainMs = Math.max(0, clock.now() - watched.firstAt - spanMs) || 0
    await nextPaint(clock)
    const runMs = clock.now() - startedAt
    const after = await bench.cost?.()
    signal.throwIfAborted()
    watched.check()
    const complete = !cutting.signal.aborted && watched.events === recording.events.length
    return { ...costOf(consumer, watched, before, after), runMs, drainMs, complete }
  } finally {
    uncut()
    uncover()
    try {
      consumer?.close()
    } finally {
      watched.close()
    }
  }
}

// Spares layout and paint of the stage, until it gets back the style that it had.
function cover(stage: HTMLElement | undefined): () => void {
  if (stage === undefined) return () => {}
  const { contentVisibility } = stage.style
  stage.style.contentVisibility = 'hidden'
  return () => {
    stage.style.contentVisibility = contentVisibility
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
