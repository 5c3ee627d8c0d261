// msw handlers that stand in for the relay, over SSE and over WebSocket, for an application's own tests.
// msw is loaded when it is asked for: it is an optional peer, and it cannot be loaded in a Worker.
import type { HttpHandler, WebSocketHandler } from 'msw'
import type { RelayErrorCode, RelayGap } from '../wire/protocol.ts'
import { checkPlay, checkRefusal, checkStream, checkTime } from './mock-checks.ts'
import { type MockClock, platformClock } from './mock-clock.ts'
import { mockHttp } from './mock-http.ts'
import type { MockEnd } from './mock-log.ts'
import type { MockRefusal } from './mock-refusals.ts'
import { type MockPlayOptions, type MockScript, playScript } from './mock-script.ts'
import { createMockService, type MockConnection, type MockStop } from './mock-service.ts'
import { mockSocket } from './mock-socket.ts'
import { errorText, HEARTBEAT, type MockPayload } from './mock-words.ts'

/** A relay in a test's hand. */
export interface MockAgentStream {
  /** Pass these to msw's `setupWorker` or `setupServer`. */
  readonly handlers: readonly (HttpHandler | WebSocketHandler)[]
  /** Every request to read a stream, in order, also those that were refused. */
  readonly connections: readonly MockConnection[]
  /** Every `POST …/stop`, in order. */
  readonly stops: readonly MockStop[]
  /**
   * Appends events to a stream; objects are sent as JSON, strings as they are. A terminal event ends the run, and
   * what is appended after the end is not sent, as with the relay.
   */
  append(stream: string, ...payloads: readonly MockPayload[]): void
  /**
   * Plays events at a rate, with cuts, duplicates, delays and an end. Resolves when all is played, or the run has
   * ended or was stopped.
   * @throws TypeError for options that cannot be played
   * @example void relay.play('run-1', scenario(), { rate: 200, cutAfter: [50, 120] })
   */
  play(
    stream: string,
    events: readonly MockPayload[],
    options?: MockPlayOptions | undefined,
  ): Promise<void>
  /** Ends a run that no terminal event has ended. @default 'completed' */
  end(stream: string, how?: MockEnd | undefined): void
  /** Breaks every open connection of a stream; what was sent before arrives. */
  cut(stream: string): void
  /** Refuses the next request for a stream, or the next `times`. Over WebSocket the socket is closed. */
  refuse(stream: string, refusal: MockRefusal): void
  /** Tells of a loss at this place. @default trimmed, from the last event to the next one */
  gap(stream: string, gap?: Partial<RelayGap> | undefined): void
  /** Sends the comment that keeps a silent connection alive. */
  heartbeat(stream: string): void
  /** Sends a `relay.error` and ends every open connection, as the relay does for all but single events. */
  error(stream: string, code: RelayErrorCode, message?: string | undefined): void
  /** Forgets all streams, connections, refusals and stops, and breaks what is open: for `afterEach`. */
  reset(): void
}

/** Options of {@link mockAgentStream}. */
export interface MockAgentStreamOptions {
  /** Origin of the relay, as an msw pattern. @default '*' (any) */
  readonly origin?: string | undefined
  /** Time for `rate`, `pace`, `delayMs` and `latencyMs`. @default the platform's timers, also faked ones */
  readonly clock?: MockClock | undefined
  /** Every answer comes so much later, in ms. @default 0 */
  readonly latencyMs?: number | undefined
  /** The wait before a reconnect that an SSE viewer is told, in ms; the relay tells 1000 to 2000. @default none */
  readonly retryMs?: number | undefined
}

/**
 * Mocks the relay's SSE and WebSocket endpoints, its `GET /v1/streams/{id}`, its `POST /v1/streams/{id}/stop`
 * and its `GET /v1/time`.
 * Cursors are `M-1`, `M-2`, …; a resume gets exactly the rest. Rejects when msw is not installed.
 * @throws TypeError for an option of the wrong kind
 * @example
 * const relay = await mockAgentStream()
 * const server = setupServer(...relay.handlers)
 * relay.append('run-1', { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Hello' })
 */
export async function mockAgentStream(
  options: MockAgentStreamOptions = {},
): Promise<MockAgentStream> {
  const { origin = '*', clock = platformClock, latencyMs = 0, retryMs } = options
  checkTime('latencyMs', latencyMs)
  checkTime('retryMs', retryMs)
  const msw = await import('msw')
  const scripts = new Map<string, Set<MockScript>>()
  const halt = (stream: string): void => {
    for (const { cancel } of scripts.get(stream) ?? []) cancel()
    scripts.delete(stream)
  }
  const service = createMockService({ clock, latencyMs, onStop: halt })
  const log = (stream: string): ReturnType<typeof service.log> => service.log(checkStream(stream))

  return {
    handlers: [
      ...mockHttp(msw, service, origin, retryMs, clock.now),
      mockSocket(msw, service, origin),
    ],
    connections: service.connections,
    stops: service.stops,
    append: (stream, ...payloads) => log(stream).append(payloads),
    play(stream, events, play = {}) {
      checkPlay(events, play)
      const script = playScript(log(stream), events, play, clock)
      const playing = scripts.get(stream) ?? new Set()
      scripts.set(stream, playing.add(script))
      void script.done.then(() => playing.delete(script))
      return script.done
    },
    end(stream, how = 'completed') {
      log(stream).end(how)
      halt(stream)
    },
    cut: (stream) => log(stream).cut(),
    refuse(stream, refusal) {
      checkRefusal(refusal)
      service.refusals.add(stream, refusal)
    },
    gap: (stream, gap = {}) => log(stream).gap(gap),
    heartbeat: (stream) => log(stream).say(HEARTBEAT),
    error: (stream, code, message = 'told by the test') =>
      log(stream).dismiss(errorText(code, message)),
    reset() {
      for (const stream of scripts.keys()) halt(stream)
      service.reset()
    },
  }
}
