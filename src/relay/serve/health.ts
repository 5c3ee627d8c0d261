// Whether a relay should get more viewers. It is slow to say no: a store that is away for a moment is away for all
// relays, and those that wait for it lose nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Backend } from '../backend.ts'
import type { Limits } from '../door/limits.ts'

/** Answer of `/readyz`. */
export interface Readiness {
  /** The store is there, nothing drains, there is room, and the event loop keeps up. */
  readonly ready: boolean
  /** False until the store was there once, and when it has been away for more than 10 s. */
  readonly store: boolean
  /** True once the relay is going away. */
  readonly draining: boolean
  /** Streams, requests and WebSockets that are open. */
  readonly connections: number
  /** By how much the event loop was late over the last second, on average, in ms. */
  readonly lagMs: number
}

/** A relay's health. */
export interface Health {
  /** Lets about a second pass. */
  tick(): void
  readiness(): Readiness
  close(): void
}

/** What is looked at. */
export interface HealthOptions {
  readonly backend: Pick<Backend, 'isReady'>
  readonly limits: Pick<Limits, 'count' | 'isFull'>
  readonly nowMs: () => number
  readonly isOpen: () => boolean
  /** Gives by how much the event loop was late since it was last asked, in ms. @default measures it */
  readonly lag?: LagMeter | undefined
}

/** Measures how late the event loop is. */
export interface LagMeter {
  /** Mean since the last call, in ms. */
  take(): number
  close(): void
}

const STORE_AWAY_MS = 10_000
const MAX_LAG_MS = 500
const RESOLUTION_MS = 20

/** Begins to look. */
export function createHealth(options: HealthOptions): Health {
  const { backend, limits, nowMs, isOpen, lag = createLagMeter() } = options
  let seenMs = -Infinity
  let lagMs = 0

  function isThere(): boolean {
    if (backend.isReady()) seenMs = nowMs()
    return nowMs() - seenMs <= STORE_AWAY_MS
  }

  function tick(): void {
    isThere()
    lagMs = lag.take()
  }

  function readiness(): Readiness {
    const [store, draining] = [isThere(), !isOpen()]
    const ready = store && !draining && !limits.isFull() && lagMs <= MAX_LAG_MS
    return { ready, store, draining, connections: limits.count(), lagMs: Math.round(lagMs) }
  }

  return { tick, readiness, close: lag.close }
}

function createLagMeter(): LagMeter {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()

  function take(): number {
    const lateMs = delays.count > 0 ? delays.mean / 1e6 - RESOLUTION_MS : 0
    delays.reset()
    return Math.max(0, lateMs)
  }

  return { take, close: () => void delays.disable() }
}
