// The viewers of the relay's benches, in a process of their own: bare sockets that count. Each of them checks that
// events come in order without a hole; an event's age on arrival is kept when it is asked for.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { nowMs } from './relay-play.ts'

/** What the viewers do. */
export interface SinkOptions {
  readonly port: number
  /** Streams, shared out among the viewers. */
  readonly streams: readonly string[]
  readonly viewers: number
  readonly query: string
  /** How many events each of them waits for. */
  readonly events: number
  /** Says so once so many have arrived, of all viewers; 0 for never. */
  readonly warm: number
  /** More viewers, of the first stream, that take one byte a second and are waited for by nobody. */
  readonly crawling: number
}

/** What they saw. */
export interface Seen {
  /** Events that arrived, of all viewers. */
  readonly events: number
  /** Viewers that missed one, or had one twice or out of order. */
  readonly wrong: number
  readonly bytes: number
  /** Ages of events on arrival, in ms: median and the 99th percentile. */
  readonly p50: number
  readonly p99: number
}

const options = JSON.parse(process.argv[2] ?? '') as SinkOptions
const AT = Buffer.from('"at":')
const SEQ = Buffer.from('"seq":')
const TAIL = 64 // at and seq are never further apart
const ages = new Float64Array(Math.min(5_000_000, options.viewers * options.events))
let seen = 0
let bytes = 0
let wrong = 0
let open = 0
let complete = 0
const done = Promise.withResolvers<void>()

function view(stream: string): Socket {
  const socket = connect(options.port, '127.0.0.1')
  const path = `/v1/streams/${stream}/events${options.query}`
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  socket.on('error', () => {})
  return socket
}

function count(stream: string): void {
  const socket = view(stream)
  let expected = 0
  let begun = false
  let rest = Buffer.alloc(0)
  const finish = (): void => {
    if (++complete === options.viewers) done.resolve()
  }
  socket.on('data', (chunk) => {
    if (!begun && ++open === options.viewers) process.send?.({ open })
    begun = true
    bytes += chunk.length
    const now = nowMs()
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    for (;;) {
      const made = data.indexOf(AT, at)
      const seq = made < 0 ? -1 : data.indexOf(SEQ, made)
      if (seq < 0 || data.indexOf(44, seq) < 0) break
      at = data.indexOf(44, seq)
      const number = Number(data.toString('latin1', seq + SEQ.length, at))
      if (number !== expected) wrong++
      expected = number + 1
      if (seen < ages.length)
        ages[seen] = now - Number(data.toString('latin1', made + AT.length, seq - 1))
      if (++seen === options.warm) process.send?.({ warm: seen })
      if (expected === options.events) finish()
    }
    rest = Buffer.from(data.subarray(Math.max(at, data.length - TAIL)))
  })
  socket.on('close', () => {
    if (expected < options.events) wrong++
    if (expected < options.events) finish()
  })
}

function crawl(): void {
  const socket = view(options.streams[0] ?? '')
  socket.pause()
  setInterval(() => socket.read(1), 1000)
}

for (let n = 0; n < options.viewers; n++) count(options.streams[n % options.streams.length] ?? '')
for (let n = 0; n < options.crawling; n++) crawl()
await done.promise
const sorted = ages.subarray(0, Math.min(seen, ages.length)).toSorted()
const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
process.send?.({ events: seen, wrong, bytes, p50: at(0.5), p99: at(0.99) } satisfies Seen)
process.on('disconnect', () => process.exit())
