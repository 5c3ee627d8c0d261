// A lab's result as text for a terminal.
import type { LabArm, LabFactor, LabResult } from 'framewise/metrics'

/** The tables, factor by factor, and the conclusion. */
export function reportOf(result: LabResult): string {
  const { played, factors, capacity, conclusion } = result
  const { events, chars, ms, protocol, speed } = played
  const head = `Played: ${events} events, ${chars} characters in ${ms.toFixed(0)} ms (${protocol}, ${speed} times as fast as recorded); ${result.pairs} pairs.`
  const capacities = capacity.map(
    ({ schedule, eventsPerSecond, charsPerSecond, atLeast }) =>
      `  ${schedule.padEnd(22)} ${atLeast ? 'at least ' : ''}${eventsPerSecond.toFixed(0)} events/s, ${charsPerSecond.toFixed(0)} characters/s`,
  )
  return [
    head,
    ...factors.flatMap(tableOf),
    ...(capacities.length > 0 ? ['', 'capacity', ...capacities] : []),
    '',
    ...conclusion.map((sentence) => `• ${sentence}`),
  ].join('\n')
}

const COLUMNS = ['busy ms', 'script ms', 'writes', 'renders', 'arr→paint', 'late p95', 'against']

function tableOf({ name, arms, effects }: LabFactor): readonly string[] {
  const header = `${name.padEnd(24)}${COLUMNS.map((column) => column.padStart(11)).join('')}`
  const rows = arms.map((arm) => {
    const effect = effects.find((one) => one.arm === arm.name)
    const { median: times = NaN, min = NaN, max = NaN } = effect?.ratio ?? {}
    const compared = effect
      ? `  ${times.toFixed(2)} × ${effect.against} (${min.toFixed(2)} to ${max.toFixed(2)})${effect.shown ? '' : ', not shown'}`
      : ''
    return `  ${arm.name.padEnd(22)}${figuresOf(arm).join('')}${compared}`
  })
  return ['', header, ...rows]
}

function figuresOf({ median }: LabArm): readonly string[] {
  const { busyMs, scriptMs, writes, renders, arrivalToPaintMs, lateMs } = median
  return [busyMs, scriptMs, writes, renders, arrivalToPaintMs, lateMs].map((value) =>
    (value === null ? '–' : value.toFixed(0)).padStart(11),
  )
}
