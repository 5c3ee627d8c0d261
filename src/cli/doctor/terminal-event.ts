// Whether the run says that it is over: without its terminal event every viewer waits for more.
import { timeText } from './finding.ts'
import type { Finding } from './finding.ts'
import type { StreamSample } from './stream-sample.ts'

const QUIET_MS = 60_000
const GONE_MS = 600_000

/** Rates the end. */
export function rateTerminalEvent({ run, idleMs }: Pick<StreamSample, 'run' | 'idleMs'>): Finding {
  const base = { id: 'terminal-event', unit: '' } as const
  if (run.ended) {
    const why = 'The last event ends the run, in the log itself: no viewer has to guess.'
    return { ...base, value: 'there', rating: 'good', why, advice: '' }
  }
  if (idleMs === null || idleMs < QUIET_MS) {
    const quiet = idleMs === null ? '' : `; last touched ${timeText(idleMs)} ago`
    return {
      ...base,
      value: 'running',
      rating: 'good',
      why: `There is none yet${quiet}: the run goes on, or its writer has just died.`,
      advice: '',
    }
  }
  return {
    ...base,
    value: 'missing',
    rating: idleMs < GONE_MS ? 'needs-work' : 'poor',
    why: `Nothing for ${timeText(idleMs)} and no terminal event: viewers wait for a run that is over, or whose writer died.`,
    advice:
      'Write one terminal event into the log, also when the worker fails (finally); framewise/writer: end(). A signal on ' +
      'a channel alone is missed by whoever comes later.',
  }
}
