// An inspector in a real page, and ways to look into its shadow root.
import { expect, vi } from 'vitest'
import type { AgentStream } from 'framewise'
import { createAgentStream } from 'framewise'
import { createMeter, type MeterSnapshot } from 'framewise/metrics'
import type { InspectedStream } from 'framewise/inspector'
import { fakeTransport, type FakeTransport } from 'framewise/testing'

/** A stream with a meter. */
export type Measured = AgentStream<undefined, MeterSnapshot>

/** Opens one that nobody reads yet. */
export function open(): { stream: Measured; transport: FakeTransport } {
  const transport = fakeTransport()
  return { stream: createAgentStream({ transport, metrics: createMeter }), transport }
}

/** A stream that says what it is told to say, and counts who asks. */
export function scripted(snapshot: () => object): InspectedStream & {
  readonly asked: () => number
  readonly listeners: () => number
  readonly change: () => void
} {
  let asked = 0
  const listeners = new Set<() => void>()
  return {
    id: 'https://a.example/v1/streams/run-1/events?token=secret#x',
    metrics: {
      snapshot() {
        asked++
        return snapshot() as MeterSnapshot
      },
    },
    store: {
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    asked: () => asked,
    listeners: () => listeners.size,
    change: () => listeners.forEach((listener) => listener()),
  }
}

/** The host elements in the page. */
export const hosts = (): Element[] => [...document.querySelectorAll('framewise-inspector')]

/** What lies in the first panel's shadow root. */
export function inside<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const found = hosts()[0]?.shadowRoot?.querySelector<Kind>(selector)
  if (!found) throw new Error(`no ${selector} in the panel`)
  return found
}

/** The button of this name or words. */
export function button(label: string): HTMLButtonElement {
  const all = hosts()[0]?.shadowRoot?.querySelectorAll('button') ?? []
  const named = [...all].find((one) => (one.ariaLabel ?? one.textContent) === label)
  if (named === undefined) throw new Error(`no button ${label}`)
  return named
}

/** Waits until the panel has looked. */
export const looked = (): Promise<void> =>
  vi.waitFor(() => expect(inside('.kind').textContent).not.toBe(''))
