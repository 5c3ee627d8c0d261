// The rows of the result, written into the page's table.
import { decimals, milliseconds } from '../panel/figures.ts'
import {
  type ArmCost,
  type ArmName,
  busyShareOf,
  medianCost,
  type Rounds,
  totalMs,
} from './arm-cost.ts'
import type { SourceName } from './experiment.ts'
import { spreadOf } from './spread.ts'

const ARMS: readonly ArmName[] = ['discard', 'immediate', 'adaptive']

/** Writes medians, one row for each source and arm. */
export function writeResults(
  body: HTMLTableSectionElement,
  results: ReadonlyMap<SourceName, Rounds>,
): void {
  body.replaceChildren()
  for (const [source, rounds] of results) {
    for (const arm of ARMS) writeRow(body.insertRow(), source, arm, rounds[arm])
  }
}

function writeRow(
  row: HTMLTableRowElement,
  source: SourceName,
  arm: ArmName,
  costs: readonly ArmCost[],
): void {
  const name = document.createElement('th')
  name.scope = 'row'
  name.textContent = arm
  row.insertCell().textContent = source
  row.append(name)
  for (const words of figuresOf(costs)) row.insertCell().textContent = words
}

function figuresOf(costs: readonly ArmCost[]): readonly string[] {
  const cost = medianCost(costs)
  // Of each round as a whole, as in the sentence: medians of parts need not add up to it.
  const allMs = spreadOf(costs.map(totalMs)).median
  return [
    ...[cost.receiveMs, cost.publishMs, cost.paintMs, allMs].map((ms) => decimals(ms, 1)),
    `${decimals(100 * spreadOf(costs.map(busyShareOf)).median, 0)} %`,
    String(Math.round(cost.renders)),
    milliseconds(cost.arrivalToPaintP95),
  ]
}
