// The plot of both panels' rates: events dashed, renders solid, a colour for each panel.
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { PanelName } from '../settings.ts'
import { createRateHistory, type RateHistory, type Totals } from './rate-history.ts'

/** Draws rates. */
export interface RatePlot {
  /** Adds the totals of a panel, `at` ms since the start of the run. */
  add(panel: PanelName, at: number, totals: Totals): void
  draw(): void
  clear(): void
}

const PANELS: readonly PanelName[] = ['raw', 'batched']
const HEIGHT_PX = 150
const KEPT_S = 15

/** Makes a plot inside `host`; it follows the host's width and the page's colours. */
export function createRatePlot(host: HTMLElement): RatePlot {
  const histories = new Map<PanelName, RateHistory>(
    PANELS.map((name) => [name, createRateHistory(KEPT_S * 1000)]),
  )
  let plot = makePlot(host)
  const data = (): uPlot.AlignedData => {
    const rows = PANELS.map((name) => histories.get(name)?.rows() ?? EMPTY)
    const longest = rows.reduce((a, b) => (b.seconds.length > a.seconds.length ? b : a), EMPTY)
    return [
      longest.seconds as number[],
      ...rows.flatMap(({ events, renders }) => [events as number[], renders as number[]]),
    ]
  }
  const draw = (): void => plot.setData(data())
  new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT_PX })).observe(
    host,
  )
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    plot.destroy()
    plot = makePlot(host)
    draw()
  })
  return {
    add: (panel, at, totals) => histories.get(panel)?.add(at, totals),
    draw,
    clear() {
      for (const history of histories.values()) history.clear()
      draw()
    },
  }
}

// The whole span from the start, so that the lines move and the axis does not.
const lastSeconds = (_: uPlot, __: number, newest: number | null): uPlot.Range.MinMax => {
  const to = Math.max(KEPT_S, newest ?? 0)
  return [to - KEPT_S, to]
}

const EMPTY = { seconds: [], events: [], renders: [] } as const

function makePlot(host: HTMLElement): uPlot {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font: `11px ${colour('--font')}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const line = (panel: PanelName, what: string, dash: number[]): uPlot.Series => ({
    label: `${panel === 'raw' ? 'Raw' : 'Batched'} ${what}/s`,
    stroke: colour(`--${panel}`),
    width: dash.length > 0 ? 1.25 : 2,
    dash,
    points: { show: false },
  })
  const series = PANELS.flatMap((name) => [line(name, 'events', [3, 4]), line(name, 'renders', [])])
  return new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT_PX,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: lastSeconds },
        y: { range: (_, __, max) => [0, Math.max(10, max * 1.1)] },
      },
      series: [{}, ...series],
      axes: [
        { ...axis, size: 26, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
        { ...axis, size: 44 },
      ],
    },
    [[], [], [], [], []],
    host,
  )
}
