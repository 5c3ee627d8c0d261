// A hub and its viewers over a scripted backend, without transport and without time: for tests of the two.
import { vi } from 'vitest'
import { createCounters } from '../../../src/relay/counters.ts'
import { createGate } from '../../../src/relay/hub/gate.ts'
import { createRingBudget } from '../../../src/relay/hub/ring.ts'
import { createHub } from '../../../src/relay/hub/hub.ts'
import type { Hub, HubOptions } from '../../../src/relay/hub/hub.ts'
import { createViewer } from '../../../src/relay/hub/viewer.ts'
import type { Viewer, ViewerOptions, ViewerSettings } from '../../../src/relay/hub/viewer.ts'
import type { ScriptedBackend } from '../scripted-backend.ts'
import { parseSse } from '../sse-client.ts'

export const POLL_MS = 1000

/** Creates a hub of short pages and a small ring. */
export function setUpHub(backend: ScriptedBackend, options: Partial<HubOptions> = {}): Hub {
  const counters = createCounters()
  return createHub({
    id: 'a',
    backend,
    counters,
    logger: { info: () => {}, warn: () => {} },
    ringEvents: 4,
    ringBytes: 10_000,
    maxEventBytes: 1000,
    pageEvents: 3,
    readCoalesceMs: 0,
    gate: createGate(8),
    budget: createRingBudget(1e9),
    pollMs: POLL_MS,
    lingerMs: 50,
    endedAt: null,
    random: () => 0.5,
    nowMs: Date.now,
    onIdle: () => {},
    onEnd: () => {},
    ...options,
  })
}

const never: ViewerSettings = {
  startTimeoutMs: 1e9,
  heartbeatMs: 1e9,
  slowMs: 1e9,
  maxEventBytes: 1000,
  nowMs: Date.now,
  counters: createCounters(),
}

/** A viewer with a sink that keeps all it gets. */
export interface Watched {
  readonly viewer: Viewer
  readonly after: string | null
  /** What was written, one by one, and the positions that came with it. */
  readonly writes: readonly Buffer[]
  readonly positions: readonly (string | null)[]
  /** From now on the sink is full after each write, until drained. */
  block(): void
  drain(): void
  payloads(): string[]
  text(): string
  ended(): boolean
  /** Writes of events beyond the one that filled the sink. */
  overruns(): number
}

/** Options of {@link join}. */
export interface JoinOptions extends Partial<Pick<ViewerOptions, 'after' | 'page' | 'timing'>> {
  readonly settings?: Partial<ViewerSettings>
  readonly waiting?: () => number
}

/** Starts a viewer. */
export function join(hub: Hub, options: JoinOptions = {}): Watched {
  const { after = null, waiting } = options
  const writes: Buffer[] = []
  const positions: (string | null)[] = []
  let full = false
  let filled = false
  let overruns = 0
  let ended = false
  const sink = {
    waiting,
    write(bytes: Buffer, position: string | null) {
      if (filled && bytes.includes('id: ')) overruns++
      filled = full
      writes.push(bytes)
      positions.push(position)
      return !full
    },
    end() {
      ended = true
    },
  }
  const settings = { ...never, ...options.settings }
  const viewer = createViewer({ ...options, hub, sink, after, settings })
  const text = (): string => Buffer.concat(writes).toString()
  return {
    viewer,
    after,
    writes,
    positions,
    block() {
      full = true
    },
    drain() {
      full = false
      filled = false
      viewer.drained()
    },
    payloads: () =>
      parseSse(text())
        .filter(({ event }) => event === null)
        .map(({ data }) => data),
    text,
    ended: () => ended,
    overruns: () => overruns,
  }
}

/** Lets every chain of promises and immediates run out, without moving the clock. */
export const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

/** Answers reads until nobody asks any more. */
export async function answerAll(backend: ScriptedBackend): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    await settle()
    quiet = backend.answer() ? 0 : quiet + 1
  }
}
