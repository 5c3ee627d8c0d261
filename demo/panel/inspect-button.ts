// Opens the inspector of a panel's stream below its numbers. It is in a React root of its own: the conversation's must
// not hear of it.
import { StreamInspector } from 'framewise/inspector'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import type { MeteredStream } from '../chat/chat-view.tsx'
import { find } from '../page/find.ts'
import { gatherExports, type InspectExports } from './inspect-exports.ts'

/** A button, and the place for what it opens. */
export interface InspectButton {
  /** What there is to look at from now on; null while there is nothing. */
  show(stream: MeteredStream | null): void
}

/** Makes the button of this region work. */
export function createInspectButton(region: HTMLElement): InspectButton {
  const button = find('.inspect', region)
  const place = find('.inspector', region)
  const root = createRoot(place)
  let stream: MeteredStream | null = null
  let isOpen = false
  let inspected: MeteredStream | null = null
  let gathered: InspectExports | null = null
  const draw = (): void => {
    button.setAttribute('aria-pressed', String(isOpen))
    const shown = isOpen ? stream : null
    place.hidden = shown === null
    if (shown !== inspected) {
      gathered?.stop()
      gathered = shown && gatherExports(shown)
      inspected = shown
    }
    const exports = gathered?.exports
    root.render(
      shown && createElement(StreamInspector, { stream: shown, position: 'inline', exports }),
    )
  }
  button.addEventListener('click', () => {
    isOpen = !isOpen
    draw()
  })
  return {
    show(next) {
      stream = next
      draw()
    },
  }
}
