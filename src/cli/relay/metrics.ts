// The relay's figures as Prometheus reads them. The relay counts anyway; here it is copied, and only when somebody asks.
// No label is ever the id of a stream: there are too many, and they are nobody's business.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Metric } from 'prom-client'
import type { BackendInfo, Histogram, RelayStats } from '../../relay/index.ts'

/** The text of /metrics. */
export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
}

/** One line of a metric, without its name. */
interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  /** @default the metric's own */
  readonly metricName?: string | undefined
}

type Read = (now: RelayStats, name: string) => readonly Value[]
type Row = readonly [type: 'counter' | 'gauge' | 'histogram', help: string, read: Read]

const SECONDS = 1 / 1000

/** What is told, by name. */
export const RELAY_METRICS: Readonly<Record<string, Row>> = {
  relay_ready: ['gauge', '1 when /readyz says so', one((now) => Number(now.ready))],
  relay_draining: ['gauge', '1 once the relay is going away', one((now) => Number(now.draining))],
  relay_clients: ['gauge', 'Streams being sent', by('transport', (now) => now.viewersBy)],
  relay_sockets: ['gauge', 'WebSockets that are open', one((now) => now.sockets)],
  relay_connections: ['gauge', 'Streams, requests and WebSockets', one((now) => now.connections)],
  relay_streams: ['gauge', 'Streams being followed', one((now) => now.streams)],
  relay_events_total: [
    'counter',
    'Events that came while their stream was followed, each once',
    one((now) => now.events),
  ],
  relay_sent_events_total: ['counter', 'Events sent to clients', one((now) => now.sentEvents)],
  relay_bytes_total: ['counter', 'Bytes sent to clients', one((now) => now.sentBytes)],
  relay_writes_total: ['counter', 'Writes to clients', one((now) => now.writes)],
  relay_events_per_write: [
    'histogram',
    'Events of one write of events',
    histogram((now) => now.eventsPerWrite),
  ],
  relay_reads_total: ['counter', 'Reads of the store', one((now) => now.reads)],
  relay_read_errors_total: ['counter', 'Reads that failed', one((now) => now.readErrors)],
  relay_stage_seconds: [
    'histogram',
    'Time of a read of the store, and from its end to the write to a client',
    (now, name) => [
      ...histogram((now) => now.readMs, SECONDS, { stage: 'redis_to_relay' })(now, name),
      ...histogram((now) => now.relayMs, SECONDS, { stage: 'relay_queue' })(now, name),
    ],
  ],
  relay_polls_total: ['counter', 'Reads of idle streams', one((now) => now.polls)],
  relay_recovered_by_poll_total: [
    'counter',
    'Polls that found what no doorbell had told; 0 where all is well',
    one((now) => now.recovered),
  ],
  relay_gaps_total: ['counter', 'Losses of the store', by('reason', (now) => now.gaps)],
  relay_resumes_total: [
    'counter',
    'Clients that came back with a cursor',
    by('result', (now) => now.resumes),
  ],
  relay_slow_disconnects_total: [
    'counter',
    'Clients sent away since they took too little',
    one((now) => now.slowCloses),
  ],
  relay_refused_total: [
    'counter',
    'Requests and subscriptions that were not served',
    by('code', (now) => now.refused),
  ],
  relay_redis_connections: ['gauge', 'Connections to Redis', ofBackend((info) => info.connections)],
  relay_redis_commands_total: ['counter', 'Commands sent', ofBackend((info) => info.commands)],
  relay_redis_reconnects_total: ['counter', 'Reconnects', ofBackend((info) => info.reconnects)],
  relay_redis_rtt_seconds: [
    'gauge',
    'Round trip to Redis, as last measured',
    ofBackend(({ rttMs }) => rttMs && rttMs * SECONDS),
  ],
  relay_redis_clock_offset_seconds: [
    'gauge',
    "Redis' clock less the relay's",
    ofBackend(({ clockOffsetMs }) => clockOffsetMs && clockOffsetMs * SECONDS),
  ],
}

/** Creates the figures of one relay, those of its process beside them. */
export function createMetrics(stats: () => RelayStats): Metrics {
  const registry = new Registry()
  let now = stats()
  for (const [name, [type, help, read]] of Object.entries(RELAY_METRICS)) {
    const get = () => Promise.resolve({ name, help, type, values: read(now, name) })
    registry.registerMetric({ name, help, type, get, reset() {} } as unknown as Metric)
  }
  collectDefaultMetrics({ register: registry })
  return {
    contentType: registry.contentType,
    text() {
      now = stats()
      return registry.metrics()
    },
  }
}

function one(read: (now: RelayStats) => number): Read {
  return (now) => [{ value: read(now), labels: {} }]
}

function by(label: string, read: (now: RelayStats) => Readonly<Record<string, number>>): Read {
  return (now) =>
    Object.entries(read(now)).map(([name, value]) => ({ value, labels: { [label]: name } }))
}

function ofBackend(read: (info: BackendInfo) => number | null): Read {
  return ({ backend }) => {
    const value = backend && read(backend)
    return value === null ? [] : [{ value, labels: {} }]
  }
}

function histogram(
  read: (now: RelayStats) => Histogram,
  unit = 1,
  labels: Value['labels'] = {},
): Read {
  return (now, name) => {
    const { bounds, counts, sum } = read(now)
    let total = 0
    const buckets = counts.map((count, at) => {
      const bound = bounds[at]
      const le = bound === undefined ? '+Inf' : bound * unit
      return { metricName: `${name}_bucket`, value: (total += count), labels: { ...labels, le } }
    })
    const rest = { [`${name}_sum`]: sum * unit, [`${name}_count`]: total }
    const ends = Object.entries(rest).map(([metricName, value]) => ({ metricName, value, labels }))
    return [...buckets, ...ends]
  }
}
