// The contract between relay and browser, version 1: the only names that both sides share.
// Cursors are opaque to clients; only the relay that made one may read it.

/** Version of the wire, carried by `relay.hello` and by the WebSocket subprotocol. */
export const WIRE_VERSION = 1

/** WebSocket subprotocol that client and relay agree on. */
export const WS_PROTOCOL = 'framewise.v1'

/** What a stream id may look like. It is mapped to Redis keys by the relay and never names one. */
export const STREAM_ID: RegExp = /^[A-Za-z0-9_-]{1,128}$/

/** Query name of the resume cursor, for a first request that cannot set `Last-Event-ID`. */
export const AFTER_PARAM = 'after'

/** Query name, with the value 1, that asks for {@link RelayTiming} in front of each write. */
export const TIMING_PARAM = 'timing'

/** A comment is sent when a connection was silent for this long, in ms. */
export const HEARTBEAT_MS = 15_000

/** The relay's own SSE event names; a producer's events carry no name. */
export const RELAY_EVENT = {
  /** First event of every connection: {@link RelayHello}. */
  hello: 'relay.hello',
  /** All that was in the log at connect time has been sent: {@link RelayCaughtUp}. */
  caughtUp: 'relay.caught-up',
  /** Stage stamps of the write that follows, on request: {@link RelayTiming}. */
  timing: 'relay.timing',
  /** Events were lost and cannot be had back: {@link RelayGap}. */
  gap: 'relay.gap',
  /** The run is over; nothing follows: {@link RelayEnd}. */
  end: 'relay.end',
  /** Come back with the last cursor, over another connection: {@link RelayReconnect}. */
  reconnect: 'relay.reconnect',
  /** One event, or the whole stream, could not be served: {@link RelayError}. */
  error: 'relay.error',
} as const

/** Data of `relay.hello`. */
export interface RelayHello {
  readonly version: number
  readonly stream: string
  /** A client that hears nothing for 2.5 times this long, in ms, may take the wire for dead. */
  readonly heartbeatMs: number
}

/** Data of `relay.caught-up`. */
export interface RelayCaughtUp {
  /** Cursor of the last event sent, or null when the log was empty. */
  readonly cursor: string | null
}

/** Data of `relay.timing`: where the next `n` events were. Times are in ms of the relay's clock, with fractions. */
export interface RelayTiming {
  /** Events that this write carries. */
  readonly n: number
  /** When the read that brought the last of them began and when it was answered, as epoch ms. */
  readonly readStartMs: number
  readonly readEndMs: number
  /** Just before the write, as epoch ms. What lies between is the relay's own time, a full sink's included. */
  readonly sentMs: number
  /** How long that read took. */
  readonly rttMs: number
  /**
   * Part of the time since the read before, 0 to 1, that the relay's thread was at work: so much of what lies before
   * `readEndMs` may have waited for the relay and not for its store. Left out where nobody knows.
   */
  readonly busy?: number | undefined
}

/**
 * What `GET /v1/time` answers, for four-stamp clock synchronisation. The clock is that of {@link RelayTiming}: it never
 * steps while the relay runs, so it may be off from the time of day, and differs from relay to relay.
 */
export interface RelayTime {
  /** When the request was taken up, and just before the answer: epoch ms, with fractions. */
  readonly receivedMs: number
  readonly sentMs: number
  /** What the store's clock shows more than the relay's, and how long a command takes; null where unknown. */
  readonly storeOffsetMs: number | null
  readonly storeRttMs: number | null
}

/** Why events are missing: the log was made anew, or its head was cut off, or it expired. */
export type GapReason = 'replaced' | 'trimmed' | 'expired'

/** Data of `relay.gap`: what lies between `from` (last seen, or null) and `to` (next sent, or null) is lost. */
export interface RelayGap {
  /** What became of the missing events. */
  readonly reason: GapReason
  readonly from: string | null
  readonly to: string | null
}

/** How a run ended, as far as its terminal event says. */
export type EndReason = 'completed' | 'stopped' | 'failed'

/** Data of `relay.end`. */
export interface RelayEnd {
  readonly reason: EndReason
}

/**
 * Data of `relay.reconnect`. But for `expiring`, which comes some seconds before the token's end, the stream is closed
 * with it.
 */
export interface RelayReconnect {
  /**
   * The relay is going away; this connection can do no more (it has lasted long enough, or another run has begun under
   * the id that it follows); a newer token is needed.
   */
  readonly reason: 'closing' | 'rotation' | 'expiring'
  /** When to come back, in ms: each viewer is told another time, so that not all come at once. */
  readonly afterMs: number
}

/**
 * Codes of `relay.error`. All but the first two are followed by a close; on a WebSocket, of that stream alone.
 * The last four say there what SSE says by its status: 400, 401, 404, 503.
 */
export type RelayErrorCode =
  | 'invalid-utf8'
  | 'oversize'
  | 'not-started'
  | 'backend-unavailable'
  | 'slow'
  | 'bad-request'
  | 'unauthorized'
  | 'not-found'
  | 'overloaded'

/** Data of `relay.error`. */
export interface RelayError {
  readonly code: RelayErrorCode
  readonly message: string
}

/** What a WebSocket client sends, one JSON text message each. */
export type ClientMessage =
  | {
      readonly op: 'subscribe'
      readonly stream: string
      readonly after?: string | undefined
      readonly timing?: boolean | undefined
      readonly token?: string | undefined
    }
  | { readonly op: 'unsubscribe'; readonly stream: string }
  | { readonly op: 'auth'; readonly token: string }
  | { readonly op: 'ack'; readonly stream: string; readonly cursor: string }

/** Path of a stream's SSE endpoint. */
export function eventsPath(streamId: string): string {
  return `/v1/streams/${streamId}/events`
}

/** Streams that one WebSocket carries at a time. */
export const MAX_SOCKET_STREAMS = 128

/** Path of {@link RelayTime}. */
export const TIME_PATH = '/v1/time'

/** Path of the WebSocket endpoint. */
export const WS_PATH = '/v1/ws'
