// Events a second against renders a second, the last half minute: two lines that should part when a stream hurries.
import { draw, make, say } from './dom.ts'
import { createRateHistory, HISTORY_MS, type RatePoint } from './rate-history.ts'
import { createScale } from './scale.ts'
import { perSecond } from './words.ts'

/** The plot. */
export interface RatePlot {
  readonly element: HTMLElement
  /** Totals since the beginning, at `at` ms; null where renders are not counted. */
  add(at: number, events: number, renders: number | null): void
}

const WIDTH = 300
const HEIGHT = 48
const LEAST = 10

/** Makes an empty plot. */
export function createRatePlot(): RatePlot {
  const history = createRateHistory()
  const scale = createScale(LEAST)
  const lines = {
    events: draw('path', { class: 'events' }),
    renders: draw('path', { class: 'renders' }),
  }
  const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' }
  const plot = draw('svg', box)
  plot.append(lines.events, lines.renders)
  const [events, renders] = [make('b', ''), make('b', '')]
  const axis = make('span', 'axis')
  const key = make(
    'figcaption',
    'key',
    make('span', 'events', 'events ', events),
    make('span', 'renders', 'renders ', renders),
    axis,
  )
  return {
    element: make('figure', 'rates', key, plot),
    add(at, eventTotal, renderTotal) {
      history.add(at, eventTotal, renderTotal ?? 0)
      const points = history.points()
      const end = scale(Math.max(0, ...points.flatMap((one) => [one.events, one.renders])))
      for (const name of ['events', 'renders'] as const) {
        const isKnown = name === 'events' || renderTotal !== null
        lines[name].setAttribute('d', isKnown ? pathOf(points, at, end, name) : '')
      }
      const last = points.at(-1)
      say(events, perSecond(whole(last?.events)))
      say(renders, perSecond(renderTotal === null ? null : whole(last?.renders)))
      say(axis, `30 s, ≤ ${perSecond(end)}`)
      const words = `${events.textContent} events, ${renders.textContent} renders`
      plot.setAttribute('aria-label', words)
    },
  }
}

const whole = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value)

function pathOf(
  points: readonly RatePoint[],
  now: number,
  end: number,
  name: 'events' | 'renders',
): string {
  const steps = points.map((point) => {
    const x = WIDTH * (1 - (now - point.at) / HISTORY_MS)
    const y = HEIGHT - 1 - (HEIGHT - 3) * Math.min(1, point[name] / end)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  return steps.length === 0 ? '' : `M${steps.join('L')}`
}
