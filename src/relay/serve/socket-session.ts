// One WebSocket: what its client says, in order, and how much of it is heard.
import type { WebSocket } from 'ws'
import { MAX_SOCKET_STREAMS, STREAM_ID } from '../../wire/protocol.ts'
import { parseMessage } from './client-message.ts'
import type { ReceivedMessage } from './client-message.ts'
import { CURSOR_FORMS, parseCursor } from '../cursor.ts'
import type { RelayRequest } from '../request.ts'
import { createSocketStreams } from './socket-streams.ts'
import type { Service } from './service.ts'

const WITHOUT_STREAM_MS = 15_000
const MESSAGES_PER_SECOND = 50
const MESSAGE_BURST = 200
// Who keeps asking and reads no answer is cut off: at more than this beside an event under way.
const FLOOD_BYTES = 16 * 1024 * 1024
// Codes of our own, which clients take for a cut: another connection may do better.
const TOO_LATE = 4408
const TOO_MANY = 4429
const EXPECTED =
  'expected JSON {"op":"subscribe"|"unsubscribe"|"auth"|"ack","stream":id matching ' +
  `${STREAM_ID.source},"after"?:cursor}`

/** Closes a socket; a peer that does not answer is cut off. */
export function closeSocket(ws: WebSocket, code: number, reason: string): void {
  ws.close(code, reason)
  setTimeout(() => ws.terminate(), 500).unref()
}

/** A socket that is being served. */
export interface SocketSession {
  /** Closes it once it has no stream any more. */
  drain(): void
}

/** Serves a socket until it closes; `request` is the one that opened it. */
export function serveSocket(service: Service, request: RelayRequest, ws: WebSocket): SocketSession {
  let idle: NodeJS.Timeout | undefined // runs on through all that is refused
  const streams = createSocketStreams(service, { ws, request, onGranted, onEmpty })
  const isFlood = createRate()
  let token: string | null = null // for those who say it once
  awaitStream()

  function awaitStream(): void {
    idle ??= setTimeout(close, WITHOUT_STREAM_MS, TOO_LATE, 'nothing is subscribed to')
  }

  function onGranted(): void {
    clearTimeout(idle)
    idle = undefined
  }

  // All leave, or it was sent away: whoever comes back takes another socket.
  function onEmpty(): void {
    if (service.viewers.isLeaving()) close(1012, 'relay is going away')
    else awaitStream()
  }

  function drain(): void {
    if (streams.count() === 0) onEmpty()
  }

  function close(code: number, reason: string): void {
    closeSocket(ws, code, reason)
  }

  function onMessage(text: string): void {
    const message = parseMessage(text)
    // An ack that moves on was paid for by what was sent.
    if (message?.op === 'ack' && streams.ack(message.stream ?? '', message.cursor ?? '')) return
    if (isFlood()) return close(TOO_MANY, 'too many messages')
    if (ws.bufferedAmount > FLOOD_BYTES + service.settings.maxEventBytes) return ws.terminate()
    if (message === null) return close(1008, 'expected JSON objects with an "op"')
    if (message.op === 'ack') return
    if (message.op === 'auth') return authorize(message.token)
    const { op, stream } = message
    if (stream === null) return close(1008, 'expected a "stream"')
    if (op === 'unsubscribe') return streams.drop(stream)
    if (!STREAM_ID.test(stream)) return close(1008, 'malformed stream id')
    if (op !== 'subscribe') return streams.refuse(stream, EXPECTED)
    subscribe(stream, message)
  }

  function authorize(given: string | null): void {
    if (given === null) return close(1008, 'expected a "token"')
    token = given
    void streams.renew(given)
  }

  function subscribe(stream: string, message: ReceivedMessage): void {
    const { after } = message
    if (streams.has(stream)) return streams.refuse(stream, `already subscribed to ${stream}`)
    if (streams.count() >= MAX_SOCKET_STREAMS) {
      return streams.refuse(stream, `more than ${MAX_SOCKET_STREAMS} streams`)
    }
    if (after !== null && parseCursor(after) === null) {
      return streams.refuse(stream, `malformed cursor: expected ${CURSOR_FORMS}`)
    }
    void streams.subscribe({ ...message, stream, token: message.token ?? token })
  }

  ws.on('message', (data, isBinary) => {
    if (ws.readyState !== ws.OPEN) return
    if (isBinary) close(1008, 'expected text messages')
    else onMessage(String(data))
  })
  ws.on('error', () => ws.terminate()) // an oversize or broken frame; `close` follows
  ws.on('close', () => {
    clearTimeout(idle)
    streams.close()
  })

  return { drain }
}

/** Creates what counts messages, and says true once they are too many. */
function createRate(): () => boolean {
  let allowance = MESSAGE_BURST
  let countedMs = performance.now()
  return () => {
    const nowMs = performance.now()
    allowance += ((nowMs - countedMs) / 1000) * MESSAGES_PER_SECOND
    allowance = Math.min(allowance, MESSAGE_BURST) - 1
    countedMs = nowMs
    return allowance < 0
  }
}
