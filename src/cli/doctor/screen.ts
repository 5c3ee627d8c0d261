// One screen of a terminal, drawn over and over, and given back as it was; in a pipe, a line for each look.
import { rounded, timeText } from './finding.ts'
import type { LiveLook } from './live-view.ts'

/** What is shown beside a look. */
export interface Shown {
  readonly title: string
  /** Of the relay, where one was asked; null where not. */
  readonly viewers: number | null
  /** What is wrong at the moment, or null. */
  readonly trouble: string | null
}

/** Where looks are shown. */
export interface Screen {
  show(look: LiveLook | null, shown: Shown): void
  /** Gives the terminal back. */
  close(): void
}

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

/** Draws on a terminal. */
export function createScreen(stdout: NodeJS.WriteStream): Screen {
  let isOpen = true
  stdout.write(ENTER)
  const close = (): void => {
    if (!isOpen) return
    isOpen = false
    process.off('exit', close)
    stdout.write(LEAVE)
  }
  process.on('exit', close) // a second Ctrl-C leaves no time for anything else
  return {
    show(look, shown) {
      // A terminal that does not know its size says 0.
      const [rows, columns] = [stdout.rows || 24, stdout.columns || 80]
      const text = screenLines(look, shown, rows - 1)
        .map((line) => `${line.slice(0, columns)}\u001b[K`)
        .join('\n')
      stdout.write(`\u001b[H${text}\u001b[J`)
    },
    close,
  }
}

/** Prints a line for each look. */
export function createLines(print: (line: string) => void, isJson: boolean): Screen {
  return {
    show(look, { viewers, trouble }) {
      const time = new Date().toISOString()
      if (isJson) print(JSON.stringify({ time, trouble, viewers, ...look }))
      else print(`${time.slice(11, 19)} ${trouble ?? summary(look, viewers)}`)
    },
    close: () => {},
  }
}

/** What one look comes to. */
export function summary(look: LiveLook | null, viewers: number | null): string {
  const { streams = [], eventsPerS = 0, charsPerEvent = null, lagMs = null } = look ?? {}
  const busy = streams.filter((stream) => stream.eventsPerS > 0).length
  return [
    `streams ${streams.length}, ${busy} busy`,
    `events/s ${rounded(eventsPerS)}`,
    `chars/event ${charsPerEvent === null ? '–' : rounded(charsPerEvent)}`,
    `lag ${lagMs === null ? '–' : timeText(lagMs)}`,
    `viewers ${viewers ?? '–'}`,
  ].join('  ')
}

const AROUND_TABLE = 6

/** What fits; the busiest streams stand first, so that it is the quiet ones that do not. */
export function screenLines(
  look: LiveLook | null,
  { title, viewers, trouble }: Shown,
  rows: number,
): string[] {
  const streams = (look?.streams ?? []).slice(0, Math.max(1, rows - AROUND_TABLE))
  const row = (id: string, ...cells: readonly string[]): string =>
    `${id.slice(0, 30).padEnd(32)}${cells.map((cell) => cell.padStart(12)).join('')}`
  return [
    title,
    trouble ?? summary(look, viewers),
    '',
    row('stream', 'events', 'events/s', 'chars/event', 'lag'),
    ...streams.map(({ id, events, eventsPerS, charsPerEvent, lagMs }) =>
      row(
        id,
        String(events),
        String(rounded(eventsPerS)),
        charsPerEvent === null ? '–' : String(rounded(charsPerEvent)),
        lagMs === null ? '–' : timeText(lagMs),
      ),
    ),
    '',
    'Ctrl-C ends. Lag: age of the last event; a list keeps no times.',
  ]
}
