// What the user sees: a table of 80 columns, worst first, the verdict, and what to change. Colours only for a terminal.
import type { Examination } from './examine.ts'
import { COMMAND_BUDGET } from './asker.ts'
import { CHECK_IDS } from './finding.ts'
import type { Finding, Rating } from './finding.ts'

/** How it is shown. */
export interface ReportOptions {
  readonly title: string
  readonly colours: boolean
}

const COLUMNS = 80
const ID_WIDTH = Math.max(...CHECK_IDS.map((id) => id.length))
const RATING_WIDTH = 'not-reported'.length
const COLOURS: Readonly<Record<Rating, string>> = {
  poor: '31',
  'needs-work': '33',
  good: '32',
  'not-allowed': '35',
  'not-reported': '90',
}

/** The lines of a report. */
export function report(examination: Examination, { title, colours }: ReportOptions): string[] {
  const { verdict, checks, stream, commands } = examination
  const paint = (text: string, code: string): string =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text
  const toChange = checks.filter(
    ({ rating, advice, because }) =>
      rating !== 'good' && because === undefined && advice !== '' && rating !== 'not-reported',
  )
  const about = checks.filter((check) => check.rating !== 'good' || check.id === 'round-trip')
  return [
    paint(title, '1'),
    ...(stream === null
      ? []
      : [
          `stream ${stream.id}: ${stream.layout}, ${stream.protocol}, ${stream.events} events, ${stream.sampledEvents} looked at`,
        ]),
    '',
    ...checks.map((check) => row(check, paint)),
    '',
    ...about
      .filter(({ because }) => because === undefined)
      .flatMap((check) => paragraph(`${check.id}: `, check.why)),
    '',
    ...paragraph('', `Verdict [${verdict.code}]: ${verdict.text}`).map((line) => paint(line, '1')),
    ...(toChange.length === 0 ? [] : ['', 'What to change, most first:']),
    ...toChange.flatMap(({ id, advice }, at) => paragraph(`${at + 1}. `, `${id}: ${advice}`)),
    '',
    `Read only: ${commands} commands of ${COMMAND_BUDGET} at most.`,
  ]
}

function row(check: Finding, paint: (text: string, code: string) => string): string {
  const { id, rating, because } = check
  const rest = because === undefined ? '' : `  because of ${because}`
  const room = COLUMNS - RATING_WIDTH - ID_WIDTH - 6
  const text = `${fitted(shownValue(check), room - rest.length)}${rest}`
  return `  ${paint(rating.padEnd(RATING_WIDTH), COLOURS[rating])}  ${id.padEnd(ID_WIDTH)}  ${text}`
}

function shownValue({ value, unit }: Finding): string {
  return value === null ? '–' : `${value}${unit === '' ? '' : ` ${unit}`}`
}

const fitted = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`

/** Text in lines of 80 columns, the further ones under the first. */
export function paragraph(head: string, text: string): string[] {
  const indent = ' '.repeat(Math.min(head.length, 3))
  const lines: string[] = []
  let line = head
  for (const word of text.split(' ')) {
    const longer = line === head || line === indent ? line + word : `${line} ${word}`
    if (longer.length > COLUMNS && line.trim() !== '') {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  return [...lines, line]
}
