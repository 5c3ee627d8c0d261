// The plan of a run as the flags of `produce` describe it.
import { readFileSync } from 'node:fs'
import { SCENARIO_MIN_EVENTS } from '../../testing/scenario.ts'
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import { decodeRecording } from '../../wire/recording.ts'
import { CommandError, messageOf } from '../command-error.ts'
import type { FlagValues } from '../flags/flag-values.ts'
import { planRecording, planSynthetic } from '../play/run-plan.ts'
import type { RunFormat, RunPlan } from '../play/run-plan.ts'

/** Layout that the flags name, `auto` being the newer one. */
export function layoutFrom(flags: FlagValues): SunaLayout {
  const layout = flags.choice('layout', ['auto', 'suna-list', 'suna-stream'])
  return layout === 'auto' ? 'suna-stream' : layout
}

/** Numbers of a synthetic run. */
export interface SyntheticNumbers {
  readonly seed: number
  readonly events: number
  readonly chunk: number
  readonly rate: number
}

/** Numbers of the synthetic run that the flags name. */
export function numbersFrom(flags: FlagValues): SyntheticNumbers {
  return {
    seed: flags.integer('seed', 0, 2 ** 31),
    events: flags.integer('events', SCENARIO_MIN_EVENTS, 1_000_000),
    chunk: flags.integer('chunk', 1, 100_000),
    rate: flags.number('rate', 0.01, 1_000_000),
  }
}

/**
 * Plans what the flags describe.
 * @param usual format when the flags name none
 * @throws CommandError when the recording to play cannot be read
 */
export function planFrom(flags: FlagValues, runId: string, usual: RunFormat): RunPlan {
  const file = flags.text('play')
  if (file !== undefined) return planFile(file, flags.number('speed', 0.001, 100_000))
  return planSynthetic({
    ...numbersFrom(flags),
    rhythm: flags.choice('rhythm', ['steady', 'bursts']),
    format: flags.given('format') ? flags.choice('format', ['ag-ui', 'suna']) : usual,
    layout: layoutFrom(flags),
    runId,
  })
}

function planFile(file: string, speed: number): RunPlan {
  try {
    return planRecording(decodeRecording(readFileSync(file, 'utf8')), speed)
  } catch (error) {
    throw new CommandError(`cannot play ${file}: ${messageOf(error)}`, { cause: error })
  }
}
