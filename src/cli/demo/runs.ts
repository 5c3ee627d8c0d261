// The runs that a server writes for its pages, the demo's and the lab's: at most a few at once, each with a writer of its own.
import { randomBytes } from 'node:crypto'
import { messageOf } from '../command-error.ts'
import type { EventWriter } from '../play/event-writer.ts'
import { HttpError } from '../http/http-reply.ts'
import type { Logger } from '../logger.ts'
import { machineClock, play } from '../play/player.ts'
import type { PlayerClock } from '../play/player.ts'
import type { RunPlan } from '../play/run-plan.ts'

/** How runs are started. */
export interface DemoRunsOptions {
  readonly logger: Logger
  /** What their ids begin with. @default 'framewise_demo_' */
  readonly prefix?: string | undefined
  /** Runs at once. @default 16 */
  readonly maxRuns?: number | undefined
  /** @default the machine's own time */
  readonly clock?: PlayerClock | undefined
}

/** What one run needs. */
export interface DemoRun {
  readonly open: (id: string) => Promise<EventWriter>
  readonly plan: (id: string) => RunPlan
}

/** A run that has begun. */
export interface StartedRun {
  readonly id: string
  readonly plan: RunPlan
}

/** How far a run is, in events. */
export interface RunProgress {
  readonly written: number
  readonly events: number
}

/** Runs under way. */
export interface DemoRuns {
  /** @throws HttpError 429 when there are too many, 503 when the store cannot be reached */
  start(run: DemoRun): Promise<StartedRun>
  /** How much of a run is written; undefined when no such run is under way. */
  progress(id: string): RunProgress | undefined
  /** Ends a run's producer with a `stopped` event; false when no such run is under way. */
  stop(id: string): boolean
  /** Drops all runs at once. */
  close(): void
}

interface Running {
  readonly stop: AbortController
  written: number
  events: number
}

/** Makes the registry of runs. */
export function createDemoRuns(options: DemoRunsOptions): DemoRuns {
  const { logger, prefix = 'framewise_demo_', maxRuns = 16, clock = machineClock } = options
  const running = new Map<string, Running>()
  let closed = false

  const write = async (id: string, plan: RunPlan, writer: EventWriter): Promise<void> => {
    const run = running.get(id)
    const signal = run?.stop.signal ?? AbortSignal.abort()
    const onProgress = (count: number): void => void (run && (run.written = count))
    const written = await play({ plan, writer, signal, clock, onProgress })
    if (closed) return writer.abandon()
    const whole = written === plan.due.length
    if (!whole) await writer.write(plan.stopped(clock.date()))
    await writer.end(whole ? 'completed' : 'stopped')
    logger.info(`run ${id}: ${whole ? 'done' : 'stopped'} after ${written} events`)
  }
  const start = async ({ open, plan: makePlan }: DemoRun): Promise<StartedRun> => {
    if (running.size >= maxRuns) {
      const message = `${maxRuns} runs are under way, as many as are allowed; stop one or wait`
      throw new HttpError(429, 'too-many-runs', message)
    }
    const id = `${prefix}${randomBytes(9).toString('base64url')}`
    const run = { stop: new AbortController(), written: 0, events: 0 }
    running.set(id, run)
    try {
      const plan = makePlan(id)
      run.events = plan.due.length
      const writer = await open(id)
      void write(id, plan, writer)
        .catch((error: unknown) => {
          logger.warn(`run ${id}: ${messageOf(error)}`)
          writer.abandon()
        })
        .finally(() => running.delete(id))
      return { id, plan }
    } catch (error) {
      running.delete(id)
      throw new HttpError(503, 'backend-unavailable', messageOf(error))
    }
  }
  const progress = (id: string): RunProgress | undefined => {
    const { written, events } = running.get(id) ?? {}
    return written === undefined || events === undefined ? undefined : { written, events }
  }
  const stop = (id: string): boolean => {
    const run = running.get(id)
    run?.stop.abort()
    return run !== undefined
  }
  const close = (): void => {
    closed = true
    for (const run of running.values()) run.stop.abort()
  }
  return { start, progress, stop, close }
}
