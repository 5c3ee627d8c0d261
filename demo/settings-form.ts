// The form and the address show the same settings; whichever changes, the other follows.
import { find } from './page/find.ts'
import { showNotices } from './page/page-state.ts'
import { readSettings, type Settings, toQuery } from './settings.ts'

/** The controls of the page. */
export interface SettingsForm {
  /** Settings as the controls stand; what they do not allow is corrected and told. */
  read(): Settings
  /** As the address was opened. */
  readonly initial: Settings
}

/** Fills the form from the address, and keeps the address in step with it. */
export function createSettingsForm(): SettingsForm {
  const form = find<HTMLFormElement>('#settings')
  const address = readSettings(new URLSearchParams(location.search))
  const { settings: initial } = address
  fill(form, initial)
  if (location.search !== '') reflect(initial)
  showNotices(address.notices)
  const read = (): Settings => {
    const { settings, notices } = readSettings(paramsOf(form))
    fill(form, settings)
    // What was told about the address stays until the reader changes something.
    if (notices.length > 0) showNotices(notices)
    const kept = { ...settings, autostart: initial.autostart }
    reflect(kept)
    return kept
  }
  form.addEventListener('change', () => {
    showNotices([])
    read()
  })
  return { read, initial }
}

// A select's option that the server cannot serve is disabled, yet it is what was asked for.
function paramsOf(form: HTMLFormElement): URLSearchParams {
  const params = new URLSearchParams()
  for (const field of fieldsOf(form)) params.set(field.name, field.value)
  return params
}

function fill(form: HTMLFormElement, settings: Settings): void {
  for (const field of fieldsOf(form)) {
    const value = String(settings[field.name as keyof Settings])
    if (field.value !== value) field.value = value
  }
}

function fieldsOf(form: HTMLFormElement): (HTMLInputElement | HTMLSelectElement)[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')]
}

function reflect(settings: Settings): void {
  history.replaceState(null, '', `${location.pathname}?${toQuery(settings)}`)
}
