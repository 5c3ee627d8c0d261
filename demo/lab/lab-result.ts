// The result on the page: what it comes to in words, the ladder as one bar, and a table for every factor.
import type { LabArm, LabEffect, LabFactor, LabResult, LabShare } from 'framewise/metrics'
import { find } from '../page/find.ts'
import { decimals, milliseconds } from '../panel/figures.ts'

/** Writes all of it in the place of what was there. */
export function writeResult({
  result,
  label,
}: {
  readonly result: LabResult
  readonly label: string
}): void {
  const items = result.conclusion.map((sentence) => element('li', sentence))
  find('#lab-conclusion').replaceChildren(...items)
  find('#lab-shares').replaceChildren(...barOf(result.shares))
  find('#lab-tables').replaceChildren(...result.factors.map(tableOf))
  const { events, ms, protocol } = result.played
  find('#lab-played').textContent =
    `Played: ${events} events of ${label} in ${ms.toFixed(0)} ms (${protocol}); ` +
    `${result.pairs} interleaved pairs after a round that warmed up; in brackets the range of the pairs.`
  const file = new Blob([JSON.stringify(result)], { type: 'application/json' })
  const link = find<HTMLAnchorElement>('#lab-download')
  URL.revokeObjectURL(link.href)
  link.href = URL.createObjectURL(file)
}

const SHARES: Readonly<Record<LabShare['hypothesis'], string>> = {
  receiving: 'receiving',
  parsing: 'parsing',
  reducing: 'store writes',
  rendering: 'rendering text',
  markdown: 'Markdown',
  painting: 'paint',
}

function barOf(shares: readonly LabShare[]): readonly HTMLElement[] {
  return shares.flatMap(({ hypothesis, share, shown }) => {
    if (share === null || hypothesis === 'painting' || !shown) return []
    const percent = `${Math.round(share.median * 100)} %`
    const part = element('li', `${SHARES[hypothesis]} ${percent}`)
    part.style.flexGrow = String(Math.max(0, share.median))
    part.dataset['part'] = hypothesis
    return [part]
  })
}

const FACTORS: Readonly<Record<LabFactor['name'], string>> = {
  client: 'Client ladder: each rung does one thing more, once per event',
  schedule: 'Schedule: how often the same text is rendered',
  chunk: 'Chunk size: the same text at the same characters a second',
  source: 'Source: where the events come from, batched',
}

const COLUMNS = [
  'arm',
  'main thread',
  'script',
  'writes',
  'renders',
  'arrival→paint p95',
  'late p95',
  'cost, pair by pair',
]

function tableOf({ name, arms, effects }: LabFactor): HTMLElement {
  const scroll = element('div', '')
  scroll.className = 'table-scroll'
  scroll.tabIndex = 0
  scroll.setAttribute('role', 'group')
  scroll.setAttribute('aria-label', FACTORS[name])
  const table = document.createElement('table')
  table.dataset['factor'] = name
  table.createCaption().textContent = FACTORS[name]
  const head = table.createTHead().insertRow()
  for (const column of COLUMNS) {
    const cell = element('th', column)
    cell.setAttribute('scope', 'col')
    head.append(cell)
  }
  const body = table.createTBody()
  const most = Math.max(...arms.map(({ median }) => median.busyMs))
  for (const arm of arms) {
    writeRow(
      body.insertRow(),
      arm,
      most,
      effects.find((effect) => effect.arm === arm.name),
    )
  }
  scroll.append(table)
  return scroll
}

function writeRow(
  row: HTMLTableRowElement,
  { name, median }: LabArm,
  most: number,
  effect: LabEffect | undefined,
): void {
  const head = element('th', name)
  head.setAttribute('scope', 'row')
  row.append(head)
  const busy = row.insertCell()
  busy.className = 'bar'
  busy.style.setProperty('--part', String(most > 0 ? median.busyMs / most : 0))
  busy.textContent = milliseconds(median.busyMs)
  for (const words of [
    milliseconds(median.scriptMs),
    decimals(median.writes, 0),
    decimals(median.renders, 0),
    milliseconds(median.arrivalToPaintMs),
    milliseconds(median.lateMs),
  ]) {
    row.insertCell().textContent = words
  }
  const compared = row.insertCell()
  compared.className = effect?.shown === true ? 'effect' : 'no-effect'
  compared.textContent = wordsOf(effect)
}

function wordsOf(effect: LabEffect | undefined): string {
  if (effect === undefined) return ''
  const { ratio, against, shown } = effect
  if (ratio === null) return `not to be compared with ${against}`
  const range = `${decimals(ratio.min, 2)} to ${decimals(ratio.max, 2)}`
  return `${decimals(ratio.median, 2)} × ${against} (${range})${shown ? '' : ', no effect shown'}`
}

function element<Name extends 'li' | 'div' | 'th'>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
