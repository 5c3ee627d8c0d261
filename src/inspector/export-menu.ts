// What can be taken away: the look as JSON, and whatever the application adds.
import { button, make, say } from './dom.ts'
import type { InspectorReport } from './report.ts'

/** One more export button. */
export interface InspectorExport {
  /** On the button. */
  readonly label: string
  /** What the file is called. */
  readonly fileName: string
  /** Makes what is saved, from what the panel shows. May reject: the panel says so. */
  readonly make: (report: InspectorReport) => string | Blob | Promise<string | Blob>
}

/** The export buttons. */
export interface ExportMenu {
  readonly element: HTMLElement
  /** The application's own, beside the two that are always there. */
  offer(exports: readonly InspectorExport[]): void
}

/** @param report what is on the panel */
export function createExportMenu(report: () => InspectorReport): ExportMenu {
  const more = make('span', 'more')
  let offered: readonly InspectorExport[] = []
  const outcome = make('span', 'outcome')
  outcome.setAttribute('role', 'status')
  const json = (): string => JSON.stringify(report(), null, 2)
  const tried = async (done: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work()
      say(outcome, done)
    } catch (error) {
      say(outcome, error instanceof Error ? error.message : String(error))
    }
  }
  const copy = button('Copy JSON', () => {
    void tried('Copied.', () => navigator.clipboard.writeText(json()))
  })
  const saveAs = ({ fileName, make }: InspectorExport): void => {
    void tried(`Saved ${fileName}.`, async () => save(fileName, await make(report())))
  }
  const own = { label: 'Save JSON', fileName: 'framewise-inspector.json', make: json }
  const element = make(
    'div',
    'exports',
    copy,
    button(own.label, () => saveAs(own)),
    more,
    outcome,
  )
  element.setAttribute('role', 'group')
  element.setAttribute('aria-label', 'Export')
  return {
    element,
    offer(exports) {
      if (exports === offered) return
      offered = exports
      more.replaceChildren(...exports.map((one) => button(one.label, () => saveAs(one))))
    },
  }
}

function save(fileName: string, content: string | Blob): void {
  const blob =
    typeof content === 'string' ? new Blob([content], { type: 'application/json' }) : content
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = fileName
  link.click()
  // The browser has taken hold of it by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href), 0)
}
