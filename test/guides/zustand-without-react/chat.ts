import { type AgentStreamOptions, createAgentStream } from 'framewise'
import { showMessages } from './messages.ts'
import { watch } from './watch.ts'

interface Elements {
  readonly list: HTMLElement
  readonly status: HTMLElement
  readonly stop: HTMLButtonElement
}

/** Opens a chat; returns what closes it. */
export function openChat(
  options: AgentStreamOptions,
  { list, status, stop }: Elements,
): () => void {
  const stream = createAgentStream(options)
  const ends = [
    showMessages(stream, list),
    watch(
      stream.store,
      ({ connection, status }) => (connection === 'reconnecting' ? 'Reconnecting…' : status),
      (words) => (status.textContent = words),
    ),
    watch(
      stream.store,
      ({ status }) => status !== 'streaming',
      (idle) => (stop.disabled = idle),
    ),
  ]
  stop.onclick = () => stream.stop()
  stream.connect()
  return () => {
    ends.forEach((end) => end())
    stream.close()
  }
}
