import type { ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, vi } from 'vitest'

const roots: Root[] = []

/** Renders into the page until the test is over. */
export function render(node: ReactNode): void {
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  roots.push(root)
  root.render(node)
}

/** The element for a selector; throws while there is none. */
export function find(selector: string): HTMLElement {
  const element = document.body.querySelector<HTMLElement>(selector)
  if (element === null) throw new Error(`no ${selector} in ${document.body.innerHTML}`)
  return element
}

/** Moves faked time on, 20 ms a step, until `check` no longer throws. */
export async function eventually<T>(check: () => T, withinMs = 120_000): Promise<T> {
  for (let ms = 0; ; ms += 20) {
    try {
      return check()
    } catch (error) {
      if (ms >= withinMs) throw error
    }
    await vi.advanceTimersByTimeAsync(20)
  }
}

afterEach(() => {
  for (const root of roots.splice(0)) root.unmount()
  document.body.replaceChildren()
})
