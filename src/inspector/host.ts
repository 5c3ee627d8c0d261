// The element in whose shadow root a panel is. All panels of a corner share one, and with it the height of the window: none
// lies on another.
import { adoptSheet } from './sheet.ts'

/** Where the panel stands: a corner of the window, above everything, or where the component is. */
export type InspectorPosition = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'inline'

const corners = new Map<InspectorPosition, HTMLElement>()

/** The element for a panel that stands there. */
export function hostAt(position: InspectorPosition): HTMLElement {
  const known = corners.get(position)
  if (known !== undefined) return known
  // No element of the application's styles is called this; `div` is.
  const host = document.createElement('framewise-inspector')
  host.dataset['position'] = position
  adoptSheet(host.attachShadow({ mode: 'open' }))
  if (position !== 'inline') corners.set(position, host)
  return host
}
