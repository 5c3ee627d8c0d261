import type { AgentStream, ChatMessage } from 'framewise'
import { watch } from './watch.ts'

/** Shows the messages of a stream in `list`; returns what ends it. */
export function showMessages({ store }: AgentStream, list: HTMLElement): () => void {
  const elements = new Map<string, HTMLElement>()
  const shown = new WeakMap<HTMLElement, ChatMessage>()

  const showMessage = (message: ChatMessage, index: number): void => {
    const element = elements.get(message.id) ?? document.createElement('p')
    elements.set(message.id, element)
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null)
    if (shown.get(element) === message) return
    shown.set(element, message)
    element.dataset['role'] = message.role
    element.textContent = message.text
  }
  return watch(
    store,
    ({ messages }) => messages,
    (messages) => {
      messages.forEach(showMessage)
      while (list.children.length > messages.length) list.lastElementChild?.remove()
    },
  )
}
