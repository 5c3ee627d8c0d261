// The numbers beside the stages: delay, backlog, frames, and whose the thread's time is.
import type { StreamCounts } from '../index.ts'
import type { MeterSnapshot } from '../metrics/index.ts'
import { make, say } from './dom.ts'
import { count, milliseconds, percent, perSecond } from './words.ts'

/** Numbers with their names. */
export interface FigureList {
  readonly element: HTMLElement
  write(snapshot: StreamCounts & Partial<MeterSnapshot>): void
}

interface Figure {
  readonly label: string
  readonly title: string
  readonly words: (snapshot: StreamCounts & Partial<MeterSnapshot>) => string
}

// The first two take a line each, the others stand in pairs.
const FIGURES: readonly Figure[] = [
  {
    label: 'arrival→paint',
    title: 'From an event’s arrival in this page to the frame that shows it: p50 / p95 / p99',
    words: ({ arrivalToPaintMs: at }) =>
      [at?.p50, at?.p95, at?.p99].map((value) => milliseconds(value)).join(' / '),
  },
  {
    label: 'frames',
    title: 'Frames the page made a second, and the part of those possible that it did not make',
    words: ({ frame }) =>
      `${perSecond(round(frame?.perSecond))}, ${percent(frame?.droppedShare)} dropped`,
  },
  {
    label: 'longest pause',
    title: 'Longest time that what is shown stood still',
    words: ({ freshness }) => milliseconds(freshness?.longestPauseMs),
  },
  {
    label: 'loop lag',
    title: 'How long a task waits for the main thread: p95',
    words: ({ loopLagMs }) => milliseconds(loopLagMs?.p95),
  },
  {
    label: 'backlog',
    title: 'Events received and not yet published, and how long the oldest waits',
    words: ({ backlog, waiting }) =>
      waiting === undefined
        ? count(backlog)
        : `${count(backlog)}, ${milliseconds(waiting?.oldestMs)}`,
  },
  {
    label: 'flushes',
    title: 'Publications, writes of the store: a second; without a meter in all',
    words: ({ flushes, flushesPerSecond: rate }) =>
      rate === undefined ? count(flushes) : perSecond(round(rate)),
  },
  {
    label: 'thread: ours',
    title: 'Parse, reduce, React and paint of this stream',
    words: ({ busy }) => percent(busy?.ours),
  },
  {
    label: 'thread: others',
    title: 'Everything else on the page; what this panel’s script takes is not in it',
    words: ({ busy }) => percent(busy?.foreign),
  },
  {
    label: 'events',
    title: 'Received since the beginning',
    words: ({ events }) => count(events),
  },
  {
    label: 'characters',
    title: 'Text, reasoning and tool arguments received since the beginning',
    words: ({ chars }) => count(chars),
  },
]

/** Makes an empty list. */
export function createFigureList(): FigureList {
  const cells = FIGURES.map(({ label, title }) => {
    const value = make('dd', '')
    const row = make('div', '', make('dt', '', label), value)
    row.title = title
    return { row, value }
  })
  return {
    element: make('dl', 'figures', ...cells.map(({ row }) => row)),
    write(snapshot) {
      FIGURES.forEach(({ words }, index) => {
        const cell = cells[index]
        if (cell === undefined) return
        const said = words(snapshot)
        say(cell.value, said)
        // Without a meter most is not known, and needs no line.
        cell.row.hidden = snapshot.stages === undefined && !/\d/.test(said)
      })
    },
  }
}

const round = (value: number | null | undefined): number | null | undefined =>
  typeof value === 'number' ? Math.round(value) : value
