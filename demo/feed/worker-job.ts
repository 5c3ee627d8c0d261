// What the page and the agent's Worker say to each other.

/** An event and when it is due, in ms since the start. */
export interface DueEvent {
  readonly due: number
  /** Payload text. */
  readonly data: string
}

/** A run for the Worker to play: a synthetic one, or events with their times. */
export type WorkerJob =
  | {
      readonly kind: 'scenario'
      readonly seed: number
      readonly events: number
      readonly chunk: number
      /** Events a second. */
      readonly rate: number
    }
  | { readonly kind: 'events'; readonly events: readonly DueEvent[] }

/** What a port carries: one event's payload per message, null once at the end. */
export type PortMessage = string | null
