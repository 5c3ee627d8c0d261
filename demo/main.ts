// The page: controls on one side, one job at a time on the other.
import './styles/page.css'
import './styles/controls.css'
import './styles/panels.css'
import './styles/text.css'
import './styles/lab.css'
import { type Ending, type Job, wordsOf } from './job.ts'
import { startLab } from './lab/lab.ts'
import { createDashboard } from './page/dashboard.ts'
import { find } from './page/find.ts'
import { showPageState } from './page/page-state.ts'
import { showServer } from './page/server-note.ts'
import { watchTyping } from './page/typing-field.ts'
import { createPanel, type Panel } from './panel/panel.ts'
import { startRun } from './run.ts'
import { type Settings, shownPanels } from './settings.ts'
import { createSettingsForm } from './settings-form.ts'

const form = createSettingsForm()
const panels = (['raw', 'batched'] as const).map((name) => createPanel(name, crashed))
const dashboard = createDashboard(panels)
let current: Job | null = null

function start(): void {
  halt()
  const settings = form.read()
  const shown = clearPanels(settings)
  showPageState('running', `Running: ${settings.events} events at ${settings.rate} a second.`)
  follow(startRun(settings, shown, dashboard.start))
}

function isolate(): void {
  halt()
  const settings = form.read()
  clearPanels(settings)
  showPageState('running', 'Isolate: one run at a time; the panels rest.')
  follow(startLab(settings))
}

function clearPanels(settings: Settings): readonly Panel[] {
  const names = shownPanels(settings)
  for (const panel of panels) {
    panel.clear()
    panel.hide(!names.includes(panel.name))
  }
  return panels.filter(({ name }) => names.includes(name))
}

function follow(job: Job): void {
  current = job
  const failed = (error: unknown): Ending => ({ state: 'failed', words: wordsOf(error) })
  void job.ending.catch(failed).then((ending) => {
    if (current === job) end(ending)
  })
}

function end({ state, words }: Ending): void {
  current = null
  dashboard.stop()
  showPageState(state, words)
}

function halt(): void {
  if (current === null) return
  current.stop()
  end({ state: 'idle', words: 'Stopped.' })
}

function crashed(error: unknown): void {
  if (current === null) return
  current.stop()
  end({ state: 'failed', words: `A panel could not be rendered: ${wordsOf(error)}` })
}

find('#settings').addEventListener('submit', (event) => {
  event.preventDefault()
  start()
})
find('#stop').addEventListener('click', halt)
find('#lab-start').addEventListener('click', isolate)
watchTyping()
void showServer()
if (form.initial.autostart) start()
