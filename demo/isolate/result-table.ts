// The rows of the result, written into the page's table.
import { decimals, milliseconds } from '../panel/figures.ts'
import { type ArmName, medianCost, type Rounds } from './arm-cost.ts'
import type { SourceName } from './experiment.ts'

const ARMS: readonly ArmName[] = ['discard', 'immediate', 'adaptive']

/** Writes medians, one row for each source and arm. */
export function writeResults(
  body: HTMLTableSectionElement,
  results: ReadonlyMap<SourceName, Rounds>,
): void {
  body.replaceChildren()
  for (const [source, rounds] of results) {
    for (const arm of ARMS) writeRow(body.insertRow(), source, arm, rounds)
  }
}

function writeRow(
  row: HTMLTableRowElement,
  source: SourceName,
  arm: ArmName,
  rounds: Rounds,
): void {
  const { receiveMs, publishMs, paintMs, renders, arrivalToPaintP95 } = medianCost(rounds[arm])
  const name = document.createElement('th')
  name.scope = 'row'
  name.textContent = arm
  row.insertCell().textContent = source
  row.append(name)
  for (const ms of [receiveMs, publishMs, paintMs, receiveMs + publishMs + paintMs]) {
    row.insertCell().textContent = decimals(ms, 1)
  }
  row.insertCell().textContent = String(Math.round(renders))
  row.insertCell().textContent = milliseconds(arrivalToPaintP95)
}
