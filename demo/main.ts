// The page: controls on one side, a run at a time on the other, and one slow tick that writes all numbers.
import './styles/page.css'
import './styles/controls.css'
import './styles/panels.css'
import './styles/text.css'
import './styles/isolate.css'
import { createIsolate } from './isolate/isolate.ts'
import { createDashboard } from './page/dashboard.ts'
import { find } from './page/find.ts'
import { showPageState } from './page/page-state.ts'
import { showServer } from './page/server-note.ts'
import { watchTyping } from './page/typing-field.ts'
import { createPanel } from './panel/panel.ts'
import { type Run, startRun } from './run.ts'
import { shownPanels } from './settings.ts'
import { createSettingsForm } from './settings-form.ts'

const form = createSettingsForm()
const panels = (['raw', 'batched'] as const).map((name) => createPanel(name, crashed))
const dashboard = createDashboard(panels)
const isolate = createIsolate()
let current: Run | null = null

async function start(): Promise<void> {
  halt()
  const settings = form.read()
  const names = shownPanels(settings)
  for (const panel of panels) {
    panel.clear()
    panel.hide(!names.includes(panel.name))
  }
  const shown = panels.filter(({ name }) => names.includes(name))
  showPageState('running', `Running: ${settings.events} events at ${settings.rate} a second.`)
  const run = startRun(settings, shown, dashboard.start)
  current = run
  await run.outcome.then(
    (problem) => end(run, problem),
    (error: unknown) => end(run, wordsOf(error)),
  )
}

function crashed(error: unknown): void {
  const run = current
  run?.stop()
  if (run !== null) end(run, `A panel could not be rendered: ${wordsOf(error)}`)
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function end(run: Run, problem: string | null): void {
  if (current !== run) return
  current = null
  dashboard.stop()
  if (problem === null)
    showPageState('done', 'Done: the run has ended and all of it is on the screen.')
  else showPageState('failed', problem)
}

function halt(): void {
  const run = current
  current = null
  isolate.cancel()
  if (run === null) return
  run.stop()
  dashboard.stop()
  showPageState('idle', 'Stopped.')
}

async function runIsolate(): Promise<void> {
  halt()
  for (const panel of panels) panel.clear()
  showPageState('running', 'Isolate: one arm at a time; the panels rest.')
  const problem = await isolate.run(form.read())
  if (problem === 'cancelled') showPageState('idle', 'Isolate was cancelled.')
  else if (problem === null) showPageState('done', 'Isolate: done.')
  else showPageState('failed', problem)
}

find('#settings').addEventListener('submit', (event) => {
  event.preventDefault()
  void start()
})
find('#stop').addEventListener('click', halt)
find('#isolate-start').addEventListener('click', () => void runIsolate())
watchTyping()
void showServer()
if (form.initial.autostart) void start()
