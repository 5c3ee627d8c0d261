// The panel: a shadow root that no style of the application reaches and none of its own leaves, written by looks that
// change text and nothing else.
import type { Clock } from '../core/clock.ts'
import { diagnose, type DiagnoseOptions, type Diagnosis } from '../metrics/index.ts'
import { button, make, say } from './dom.ts'
import { createExportMenu, type InspectorExport } from './export-menu.ts'
import { createFigureList } from './figure-list.ts'
import { hostAt, type InspectorPosition } from './host.ts'
import { createLooks, type Reason } from './looks.ts'
import { createOwnMeter, type OwnCost, withoutOwn } from './own-cost.ts'
import { createRatePlot } from './rate-plot.ts'
import { type InspectedStream, type InspectorReport, isMetered, publicId } from './report.ts'
import { createStageRows } from './stage-rows.ts'
import { createVerdictView } from './verdict-view.ts'
import { milliseconds, percent } from './words.ts'

/** Its colours. `auto`: as the system's. */
export type InspectorTheme = 'auto' | 'light' | 'dark'

/** Options of {@link createPanel}. */
export interface PanelOptions {
  readonly stream: InspectedStream
  readonly position: InspectorPosition
  readonly collapsed: boolean
  readonly clock: Clock
  readonly diagnosis: () => DiagnoseOptions | undefined
}

/** One panel of one stream. */
export interface Panel {
  /** To be put somewhere by the caller, unless it is in the page already: panels of one corner share it. */
  readonly element: HTMLElement
  /** It is in the page: begins to look. */
  start(): void
  paint(theme: InspectorTheme): void
  offer(exports: readonly InspectorExport[]): void
  /** Stops looking, and leaves the page. */
  close(): void
}

/** Makes a panel that does not look yet. */
export function createPanel(options: PanelOptions): Panel {
  const { stream, position, clock } = options
  const id = publicId(stream.id)
  const host = hostAt(position)
  const own = createOwnMeter(clock)
  const parts = {
    verdict: createVerdictView(),
    rates: createRatePlot(),
    figures: createFigureList(),
    stages: createStageRows(),
  }
  const cost = make('p', 'cost')
  let shown: InspectorReport | null = null
  let last: Diagnosis | undefined
  const look = (): void => own.look(() => write(takeLook(own.read())))
  const takeLook = (spent: OwnCost): InspectorReport => {
    const seen = stream.metrics.snapshot()
    const snapshot = isMetered(seen) ? withoutOwn(seen, spent) : seen
    last = isMetered(snapshot) ? diagnose(snapshot, last, options.diagnosis()) : undefined
    const about = { format: 'framewise-inspector', version: 1 } as const
    const takenAt = new Date().toISOString()
    return { ...about, stream: id, takenAt, snapshot, diagnosis: last ?? null, own: spent }
  }
  const write = (report: InspectorReport): void => {
    shown = report
    const { snapshot, diagnosis } = report
    const renders = isMetered(snapshot) ? snapshot.renders : null
    parts.rates.add(clock.now(), snapshot.events, renders)
    parts.figures.write(snapshot)
    if (isMetered(snapshot)) parts.stages.write(snapshot)
    parts.stages.element.hidden = !isMetered(snapshot)
    if (diagnosis === null) parts.verdict.writeNoMeter()
    else parts.verdict.write(diagnosis)
    say(cost, costWords(report.own))
  }
  const looks = createLooks(clock, look)
  const menu = createExportMenu(() => shown ?? takeLook(own.read()))
  const { verdict, rates, figures, stages } = parts
  const left = make('div', 'left', verdict.element, rates.element, figures.element)
  const foot = make('footer', '', menu.element, cost)
  const body = make('div', 'body', left, stages.element, foot)
  const head = createHead(id, options.collapsed, body, looks.hold)
  const panel = make('section', 'panel', head, body)
  panel.setAttribute('aria-label', `Stream inspector, ${pathOf(id)}`)
  // What scrolls can be scrolled by keys.
  body.tabIndex = 0
  body.setAttribute('role', 'group')
  body.setAttribute('aria-label', 'Measurements')
  host.shadowRoot?.append(panel)
  let stops: readonly (() => void)[] = []
  return {
    element: host,
    start() {
      looks.hold('hidden', clock.hidden())
      stops = [
        clock.onVisibilityChange(() => looks.hold('hidden', clock.hidden())),
        watchSight(panel, (isSeen) => looks.hold('unseen', !isSeen)),
        stream.store.subscribe(looks.wake),
      ]
      looks.wake()
    },
    paint(theme) {
      if (panel.dataset['theme'] !== theme) panel.dataset['theme'] = theme
    },
    offer: menu.offer,
    close() {
      looks.close()
      own.close()
      for (const stop of stops) stop()
      panel.remove()
      if (!host.shadowRoot?.hasChildNodes()) host.remove()
    },
  }
}

function createHead(
  id: string,
  collapsed: boolean,
  body: HTMLElement,
  hold: (reason: Reason, holds: boolean) => void,
): HTMLElement {
  const title = make('span', 'title', make('b', '', 'framewise'), make('span', 'id', pathOf(id)))
  title.title = id
  const pause = button('Pause', () => setPaused(pause.getAttribute('aria-pressed') !== 'true'))
  const fold = button('', () => setCollapsed(!body.hidden))
  fold.className = 'fold'
  const head = make('header', '', title, pause, fold)
  // The name stays and the state is told apart from it: what is read aloud is not “Resume, pressed”.
  const setPaused = (paused: boolean): void => {
    pause.setAttribute('aria-pressed', String(paused))
    head.toggleAttribute('data-paused', paused)
    hold('paused', paused)
  }
  const setCollapsed = (isCollapsed: boolean): void => {
    body.hidden = isCollapsed
    pause.hidden = isCollapsed
    fold.setAttribute('aria-expanded', String(!isCollapsed))
    fold.setAttribute('aria-label', isCollapsed ? 'Expand the inspector' : 'Collapse the inspector')
    say(fold, isCollapsed ? '+' : '–')
    hold('collapsed', isCollapsed)
  }
  setPaused(false)
  setCollapsed(collapsed)
  return head
}

// What tells streams of one server apart.
const pathOf = (id: string): string => id.replace(/^\w+:\/\/[^/]*(?=\/)/, '')

// Scrolled away or not displayed, it need not look.
function watchSight(element: HTMLElement, see: (isSeen: boolean) => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return () => {}
  const observer = new IntersectionObserver((entries) =>
    see(entries.at(-1)?.isIntersecting ?? true),
  )
  observer.observe(element)
  return () => observer.disconnect()
}

function costWords({ scriptMs, share, shareAtMost }: OwnCost): string {
  if (scriptMs === null) return 'Panel: not measured yet'
  const most = `≤ ${percent(shareAtMost)} with paint`
  return `Panel: ${milliseconds(scriptMs)} a look, ${percent(share)} of the thread, ${most}`
}
