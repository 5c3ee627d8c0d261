// What both sides of a mocked relay share: the logs, who came, and what is still owed to whom.
import type { MockClock } from './mock-clock.ts'
import { createMockLog, type MockLog } from './mock-log.ts'
import { createMockRefusals, type MockRefusals } from './mock-refusals.ts'
import type { MockViewer } from './mock-viewers.ts'

/** A request to read a stream: which, over what, and after which cursor. */
export interface MockRequest {
  /** Id of the stream. */
  readonly stream: string
  /** Over what it is to be read. */
  readonly transport: 'sse' | 'websocket'
  /** Cursor it asked to go on after. */
  readonly after: string | null
  /** Bearer token, or the token of the subscription. */
  readonly token: string | null
}

/** One request to read a stream, and what became of it. */
export interface MockConnection extends MockRequest {
  /** HTTP status it was answered with; over WebSocket 200, or what it was refused with. */
  readonly status: number | 'network-error'
  /** True while it can be sent to. */
  readonly open: boolean
}

/** A request to stop a run. */
export interface MockStop {
  /** Id of the stream. */
  readonly stream: string
  /** Bearer token. */
  readonly token: string | null
}

/** The inside of a mocked relay. */
export interface MockService {
  readonly connections: MockConnection[]
  readonly stops: MockStop[]
  readonly refusals: MockRefusals
  log(stream: string): MockLog
  /** Ends the run as stopped, and its script with it. */
  stop(stream: string): void
  /** Notes a request that gets no stream. */
  turnAway(request: MockRequest, status: MockConnection['status']): void
  /** Lets a viewer in; returns what must be called when it has gone. */
  join(request: MockRequest, viewer: MockViewer): () => void
  /** Calls back when an answer is due: at once, or after the latency. */
  later(callback: () => void): void
}

/** What a service is made of. */
export interface MockServiceOptions {
  readonly clock: MockClock
  readonly latencyMs: number
  readonly onStop: (stream: string) => void
}

/** Makes a service without streams. */
export function createMockService(options: MockServiceOptions): MockService & { reset(): void } {
  const { clock, latencyMs, onStop } = options
  const logs = new Map<string, MockLog>()
  const connections: MockConnection[] = []
  const stops: MockStop[] = []
  const refusals = createMockRefusals()
  const log = (stream: string): MockLog => {
    const known = logs.get(stream) ?? createMockLog(stream)
    logs.set(stream, known)
    return known
  }
  return {
    connections,
    stops,
    refusals,
    log,
    stop(stream) {
      log(stream).end('stopped')
      onStop(stream)
    },
    turnAway: (request, status) => void connections.push({ ...request, status, open: false }),
    join(request, viewer) {
      const connection = { ...request, status: 200, open: true }
      connections.push(connection)
      const closing = (close: () => void) => (): void => {
        connection.open = false
        close()
      }
      const leave = log(request.stream).join(
        {
          send: viewer.send,
          end: closing(viewer.end),
          hangUp: closing(viewer.hangUp),
          cut: closing(viewer.cut),
        },
        request.after,
      )
      return closing(leave)
    },
    later(callback) {
      if (latencyMs > 0) clock.setTimer(callback, latencyMs)
      else callback()
    },
    reset() {
      for (const one of logs.values()) one.cut()
      logs.clear()
      refusals.clear()
      connections.length = 0
      stops.length = 0
    },
  }
}
