// The stages in the order of an event's way: a bar for the median, its pale end for the slow ones, all on one scale. How
// sure each number is stands beside the name, and what cannot be known is an empty line with the reason.
import { type MeterSnapshot, type Stage, type StageName, STAGES } from '../metrics/index.ts'
import { make, say } from './dom.ts'
import { createScale } from './scale.ts'
import { milliseconds, percent } from './words.ts'

/** The stages of a snapshot. */
export interface StageRows {
  readonly element: HTMLElement
  write(snapshot: MeterSnapshot): void
}

const BUSY: readonly StageName[] = ['parse', 'reduce', 'react', 'paint']
const BEFORE: readonly StageName[] = ['model', 'write', 'redis', 'relay', 'network']
const HINTS: Partial<Readonly<Record<StageName, string>>> = {
  queue: 'our own wait for the next frame, on purpose',
  other: 'what held an event back and was none of these',
}
const SURE = { exact: '', bounded: '±', inferred: '~' } as const
const LEAST_MS = 20

interface Row {
  readonly name: StageName
  readonly row: HTMLElement
  write(stage: Stage | null, endMs: number, why: string | undefined): void
}

/** Makes empty rows. */
export function createStageRows(): StageRows {
  const axis = make('th', 'axis')
  const rows = STAGES.map(createRow)
  const scale = createScale(LEAST_MS)
  const head = make('tr', '', th('stage'), axis, th('p50'), th('p95'), th('share'))
  axis.scope = 'col'
  const body = make('tbody', '', ...rows.map(({ row }) => row))
  const table = make('table', 'stages', make('thead', '', head), body)
  const legend = make('p', 'legend', '~ inferred · ± bounded · hatched: waits on purpose · ')
  legend.append('pale share: waiting, not busy')
  return {
    element: make('section', 'stage-block', table, legend),
    write({ stages, missing }) {
      const known = STAGES.flatMap((name) => stages?.[name]?.p95 ?? [])
      const end = scale(Math.max(0, ...known))
      say(axis, `≤ ${milliseconds(end).replace('.0', '')}`)
      for (const { name, write } of rows) {
        const why = missing?.find((line) => line.startsWith(`${name}:`))
        write(stages?.[name] ?? null, end, why)
      }
    },
  }
}

function createRow(name: StageName): Row {
  const sure = make('span', 'sure')
  const [tail, median] = [make('i', 'tail'), make('i', 'median')]
  const bar = make('td', 'bar', tail, median)
  const [p50, p95, share] = [make('td', ''), make('td', ''), make('td', 'share')]
  const title = make('th', '', name, sure)
  title.scope = 'row'
  const row = make('tr', '', title, bar, p50, p95, share)
  row.dataset['stage'] = name
  row.dataset['side'] = BEFORE.includes(name) ? 'before' : 'page'
  if (!BUSY.includes(name)) row.dataset['waits'] = ''
  return {
    name,
    row,
    write(stage, endMs, why) {
      row.toggleAttribute('data-none', stage === null)
      say(sure, stage === null ? '' : sureness(stage))
      say(p50, milliseconds(stage?.p50))
      say(p95, milliseconds(stage?.p95))
      say(share, percent(stage?.share))
      stretch(median, (stage?.p50 ?? 0) / endMs)
      stretch(tail, (stage?.p95 ?? 0) / endMs)
      const words = stage === null ? (why ?? `${name}: not known yet`) : meaning(name, stage)
      if (row.title !== words) row.title = words
    },
  }
}

function sureness({ source, boundMs }: Stage): string {
  if (source !== 'bounded' || boundMs === null) return SURE[source]
  return `${SURE[source]}${boundMs.toFixed(boundMs < 9.95 ? 1 : 0)}`
}

function meaning(name: StageName, { source, boundMs }: Stage): string {
  const bound = source === 'bounded' && boundMs !== null ? ` by ${milliseconds(boundMs)}` : ''
  const hint = HINTS[name] === undefined ? '' : `: ${HINTS[name]}`
  return `${name}${hint} (${source}${bound})`
}

// A clip moves no other box and bends no hatching: a bar costs no layout.
function stretch(bar: HTMLElement, part: number): void {
  const rest = 100 * (1 - Math.min(1, Math.max(0, part)))
  const clip = `inset(0 ${rest.toFixed(1)}% 0 0)`
  if (bar.style.clipPath !== clip) bar.style.clipPath = clip
}

function th(words: string): HTMLTableCellElement {
  const cell = make('th', '', words)
  cell.scope = 'col'
  return cell
}
