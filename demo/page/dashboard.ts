// Everything on the page that shows numbers, written by one tick four times a second at the most.
import { createRatePlot } from '../plot/rate-plot.ts'
import { decimals, milliseconds } from '../panel/figures.ts'
import type { Panel } from '../panel/panel.ts'
import { find } from './find.ts'
import { createPageWatch } from './page-figures.ts'
import { createPulse } from './pulse.ts'

/** The numbers of the page. */
export interface Dashboard {
  /** A run begins: everything from zero. */
  start(): void
  /** The run is over: writes the last numbers, and rests. */
  stop(): void
}

const REFRESH_MS = 250

/** Makes the dashboard of these panels. */
export function createDashboard(panels: readonly Panel[]): Dashboard {
  const watch = createPageWatch(createPulse())
  const plot = createRatePlot(find('#plot'))
  const fps = find('#page-fps')
  const dropped = find('#page-dropped')
  const lag = find('#page-lag')
  let timer: ReturnType<typeof setInterval> | undefined
  let startedAt = 0
  const refresh = (): void => {
    const at = performance.now() - startedAt
    for (const panel of panels) {
      panel.refresh()
      const reading = panel.reading()
      if (reading !== null) {
        plot.add(panel.name, at, { events: reading.events, renders: reading.commits })
      }
    }
    plot.draw()
    const page = watch.read()
    fps.textContent = decimals(page.framesPerSecond, 0)
    dropped.textContent = String(page.droppedFrames)
    lag.textContent = milliseconds(page.loopLagMs)
  }
  return {
    start() {
      clearInterval(timer)
      startedAt = performance.now()
      plot.clear()
      watch.start()
      refresh()
      timer = setInterval(refresh, REFRESH_MS)
    },
    stop() {
      clearInterval(timer)
      watch.stop()
      refresh()
    },
  }
}
