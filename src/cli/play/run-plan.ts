// What a run will write and when: made before it starts, so that writing is nothing but waiting and sending.
import type { AgentEvent } from '../../core/events.ts'
import { burstyPace, pace } from '../../testing/pace.ts'
import { scenario } from '../../testing/scenario.ts'
import { writeSunaRow } from '../../testing/suna-envelope.ts'
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import type { Recording } from '../../wire/recording.ts'
import { envelopedRun } from './enveloped-run.ts'

/** Protocol that decodes a run's payloads. */
export type RunFormat = 'ag-ui' | 'suna'

/** A run that is ready to be written. */
export interface RunPlan {
  /** Name of the protocol that decodes it. */
  readonly protocol: string
  /** When each payload is due, in milliseconds since the start; never falling. */
  readonly due: readonly number[]
  /** The payload at this index, stamped with the time it is due, in milliseconds since 1970. */
  payload(index: number, at: number): string
  /** A payload that says that the run was stopped. */
  stopped(at: number): string
}

/** Which synthetic run to plan. */
export interface SyntheticRun {
  readonly seed: number
  /** Payloads to write. */
  readonly events: number
  readonly chunk: number
  /** Payloads per second. */
  readonly rate: number
  /** Evenly, or in bursts and pauses with the same mean. @default 'steady' */
  readonly rhythm?: 'steady' | 'bursts' | undefined
  /** AG-UI's events as they are, or told in Suna's envelopes of that layout. */
  readonly format: RunFormat
  readonly layout: SunaLayout
  /** Names the run within Suna's envelopes. */
  readonly runId: string
}

/** Plans a synthetic run. */
export function planSynthetic(run: SyntheticRun): RunPlan {
  const payload = run.format === 'ag-ui' ? plain(scenario(run)) : enveloped(run)
  const length = payload.length
  const due =
    run.rhythm === 'bursts'
      ? burstyPace({ length }, run.rate, run.seed)
      : pace({ length }, run.rate)
  return { protocol: run.format, due, payload: payload.at, stopped: stoppedPayload(run.format) }
}

/** Plans to play a recording; a speed of 0 is as fast as it goes. */
export function planRecording({ events, protocol }: Recording, speed: number): RunPlan {
  return {
    protocol,
    due: events.map(({ t }) => (speed === 0 ? 0 : t / speed)),
    payload: (index) => events[index]?.data ?? '',
    stopped: stoppedPayload(protocol === 'suna' ? 'suna' : 'ag-ui'),
  }
}

interface Payloads {
  readonly length: number
  at(index: number, at: number): string
}

const plain = (events: readonly AgentEvent[]): Payloads => ({
  length: events.length,
  at: (index) => JSON.stringify(events[index]),
})

function enveloped(run: SyntheticRun): Payloads {
  const rows = envelopedRun(run)
  return { length: rows.length, at: (index, at) => writeSunaRow(rows[index] ?? {}, at) }
}

const stoppedPayload =
  (format: RunFormat): ((at: number) => string) =>
  (at) =>
    format === 'ag-ui'
      ? JSON.stringify({ type: 'RUN_FINISHED', reason: 'stopped' })
      : writeSunaRow({ type: 'status', status: 'stopped', message: 'Cancelled' }, at)
