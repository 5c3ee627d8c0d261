// One WebSocket for all streams of a page that read from the same address: who sits on it, and when it goes.
// The wire names a stream, not a subscription. So a stream that left while the relay may still be sending is not let
// in again before the socket has proved that nothing of the old is under way; until then it gets another socket.
// That is also how connections that are renewed leave a dead socket behind, and meet again on the next one.
import type { Clock } from '../core/clock.ts'
import { type ClientMessage, MAX_SOCKET_STREAMS, WS_PROTOCOL } from '../wire/protocol.ts'
import { readMessage } from './socket-message.ts'

/** The part of the WebSocket constructor that is needed. */
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocket

/** Which socket a stream may share. */
export interface SocketAddress {
  /** Absolute. */
  readonly url: string
  readonly Socket: WebSocketConstructor
  /** False for a socket of its own. */
  readonly shared: boolean
}

/** What a stream hears of its socket; nothing once it has left. */
export interface Passenger {
  readonly stream: string
  /** The socket is open: it is time to subscribe. Called at once where it was open before. */
  opened(seat: Seat): void
  received(bytes: Uint8Array): void
  /** The socket is gone, and the seat with it. */
  closed(code: number, reason: string): void
}

/** What is asked for with a subscription. */
export interface Subscription {
  readonly after: string | null
  readonly timing: boolean | undefined
  readonly token: string | undefined
}

/** A stream's place on a socket. All it can do is harmless once it has been left. */
export interface Seat {
  subscribe(what: Subscription): void
  /** Tells the relay what has been taken, so that it sends on. */
  ack(cursor: string): void
  /** `over` when the relay itself has ended the subscription. */
  leave(over: boolean): void
  /** Lets nobody join any more: the relay is going away. */
  retire(): void
}

interface SharedSocket {
  readonly address: SocketAddress
  takes(stream: string): boolean
  join(passenger: Passenger, clock: Clock): Seat
}

interface Place {
  readonly passenger: Passenger
  readonly seat: Seat
  /** Number of its subscribe among the messages sent; 0 while there is none. */
  asked: number
  heard: boolean
  readonly since: number
}

// Who leaves a socket that has not opened after so many ms, does not come back to it.
const PATIENCE_MS = 1000

const sockets = new Set<SharedSocket>()

/** Takes a seat on a socket that is there, or opens one. Its last passenger closes it, one task later. */
export function joinSocket(address: SocketAddress, passenger: Passenger, clock: Clock): Seat {
  for (const socket of address.shared ? sockets : []) {
    const { url, Socket } = socket.address
    const same = url === address.url && Socket === address.Socket
    if (same && socket.takes(passenger.stream)) return socket.join(passenger, clock)
  }
  return openSocket(address).join(passenger, clock)
}

function openSocket(address: SocketAddress): SharedSocket {
  const socket = new address.Socket(address.url, WS_PROTOCOL)
  const places = new Map<string, Place>()
  // Streams whose bytes may still be under way, with the number of their unsubscribe.
  const departed = new Map<string, number>()
  let sent = 0
  const send = (message: ClientMessage): number => {
    socket.send(JSON.stringify(message))
    return ++sent
  }
  const retire = (): void => void sockets.delete(self)
  const closeIfEmpty = (): void => {
    if (places.size > 0) return
    retire()
    socket.close(1000)
  }
  const leave = (place: Place, over: boolean, clock: Clock): void => {
    const { stream } = place.passenger
    if (places.get(stream) !== place) return
    places.delete(stream)
    if (place.asked > 0 && !over && isOpen(socket)) {
      departed.set(stream, send({ op: 'unsubscribe', stream }))
    }
    if (socket.readyState === 0 && clock.now() - place.since >= PATIENCE_MS) retire()
    // Who comes back at once, or takes over from it, finds the socket still there.
    if (places.size === 0) clock.requestTask(closeIfEmpty)
  }
  // The relay takes messages in their order: it had let go of all these before it answered this one.
  const settle = (place: Place): void => {
    place.heard = true
    for (const [stream, number] of departed) if (number < place.asked) departed.delete(stream)
  }
  const self: SharedSocket = {
    address,
    takes: (stream) =>
      socket.readyState < 2 &&
      places.size < MAX_SOCKET_STREAMS &&
      !places.has(stream) &&
      !departed.has(stream),
    join(passenger, clock) {
      const { stream } = passenger
      const seat: Seat = {
        subscribe({ after, ...rest }) {
          if (places.get(stream) !== place || !isOpen(socket)) return
          place.asked = send({ op: 'subscribe', stream, after: after ?? undefined, ...rest })
        },
        ack(cursor) {
          if (places.get(stream) === place && isOpen(socket)) send({ op: 'ack', stream, cursor })
        },
        leave: (over) => leave(place, over, clock),
        retire,
      }
      const place: Place = { passenger, seat, asked: 0, heard: false, since: clock.now() }
      places.set(stream, place)
      if (isOpen(socket)) passenger.opened(seat)
      return seat
    },
  }
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    for (const { passenger, seat } of places.values()) passenger.opened(seat)
  })
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = readMessage(data)
    const place = message === null ? undefined : places.get(message.stream)
    if (message === null || place === undefined) return
    if (!place.heard) settle(place)
    place.passenger.received(message.bytes)
  })
  // `close` follows and says more; but on Node an error that nobody hears ends the process.
  socket.addEventListener('error', () => {})
  socket.addEventListener('close', ({ code, reason }) => {
    retire()
    const lost = Array.from(places.values())
    places.clear()
    for (const { passenger } of lost) passenger.closed(code, reason)
  })
  if (address.shared) sockets.add(self)
  return self
}

const isOpen = (socket: WebSocket): boolean => socket.readyState === 1
