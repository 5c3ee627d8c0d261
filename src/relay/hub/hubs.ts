// All hubs of a relay by stream id: made for the first viewer, dropped some seconds after the last one, and dropped at
// once when their run is over, so that a later run under the same id gets a fresh one.
import { createGate } from './gate.ts'
import { createHub } from './hub.ts'
import type { ControlEnd, Hub, HubSettings } from './hub.ts'
import { createRingBudget } from './ring.ts'

/** What the hubs of a relay may take together, beside what each may. */
export interface HubsSettings extends HubSettings {
  /** Bytes of all rings together. */
  readonly maxTotalRingBytes: number
  /** Reads at a time for viewers that catch up. */
  readonly maxCatchUps: number
}

/** The hubs of a relay. */
export interface Hubs {
  /** The hub of a stream, made when there is none. */
  get(id: string): Hub
  count(): number
  close(): void
}

// Control ends are kept for reconnects that follow the end at once, not as a history.
const REMEMBERED_ENDS = 1000

/** Creates an empty registry. */
export function createHubs(settings: HubsSettings): Hubs {
  const gate = createGate(settings.maxCatchUps)
  const budget = createRingBudget(settings.maxTotalRingBytes)
  const hubs = new Map<string, Hub>()
  const running = new Set<Hub>() // also those that have ended and still have viewers to serve
  const ends = new Map<string, ControlEnd>()

  function get(id: string): Hub {
    const known = hubs.get(id)
    if (known) return known
    const drop = (): void => {
      if (hubs.get(id) === hub) hubs.delete(id)
    }
    const onIdle = (): void => {
      drop()
      running.delete(hub)
      hub.close()
    }
    const onEnd = (end: ControlEnd | null): void => {
      drop()
      if (end !== null) remember(id, end)
    }
    const hub: Hub = createHub({
      ...settings,
      gate,
      budget,
      id,
      endedAt: ends.get(id) ?? null,
      onIdle,
      onEnd,
    })
    hubs.set(id, hub)
    running.add(hub)
    return hub
  }

  function remember(id: string, end: ControlEnd): void {
    ends.delete(id)
    ends.set(id, end)
    const [oldest] = ends.keys()
    if (ends.size > REMEMBERED_ENDS && oldest !== undefined) ends.delete(oldest)
  }

  function close(): void {
    for (const hub of running) hub.close()
    running.clear()
    hubs.clear()
  }

  return { get, count: () => hubs.size, close }
}
