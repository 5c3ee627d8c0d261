// What the server behind this page can do, told before somebody asks for what it cannot.
import { fetchConfig } from '../demo-server.ts'
import { find } from './find.ts'

/** Asks the server, and disables the sources it does not have, with the reason. */
export async function showServer(): Promise<void> {
  const config = await fetchConfig()
  const note = find('#source-note')
  if (config === null) {
    disable('relay', 'no server')
    disable('redis', 'no server')
    note.textContent = 'No demo server here: only the Worker works. Start one with npm start.'
  } else if (!config.redis) {
    disable('redis', 'no REDIS_URL')
    note.textContent = 'This server has no Redis: start it with REDIS_URL=redis://… to use one.'
  }
  note.hidden = note.textContent === ''
}

function disable(source: string, reason: string): void {
  const option = find<HTMLOptionElement>(`#source option[value="${source}"]`)
  option.disabled = true
  option.textContent = `${source} (${reason})`
}
