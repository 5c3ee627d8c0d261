// createAgentStream: the pipeline, to be read from top to bottom.
//   transport → receiver (decode) → queue → scheduler → publisher (merge, reduce) → store
import type { Clock } from './core/clock.ts'
import type { ConnectionStatus } from './core/connection.ts'
import type { AgentStreamError } from './core/errors.ts'
import { createIntake } from './core/intake.ts'
import { marked, type Received } from './core/received.ts'
import { isOver } from './core/run.ts'
import { createCounts, type Metrics, type StreamCounts } from './core/tap.ts'
import { createBatcher } from './frame/batcher.ts'
import { browserClock } from './frame/browser-clock.ts'
import { createListener } from './listener.ts'
import { agUi } from './protocols/ag-ui.ts'
import { fittingProtocol } from './protocols/fit.ts'
import { createPublisher } from './publisher.ts'
import { createReceiver } from './receiver.ts'
import type { AgentStreamStore } from './store.ts'
import type { AgentStreamOptions } from './stream-options.ts'
import { readAcrossCuts } from './transport/reconnect.ts'
import { sse } from './transport/sse.ts'

/** One stream of one conversation: does nothing before `connect()`, and nothing after `close()`. */
export interface AgentStream<State = undefined, Snapshot extends StreamCounts = StreamCounts> {
  /** Identity of the conversation. */
  readonly id: string
  /** What is published: zustand's store, for any framework. */
  readonly store: AgentStreamStore<State>
  /** The meter that it was given, or counts. */
  readonly metrics: Metrics<Snapshot>
  /** Id of the last event that arrived: where a resume goes on. */
  readonly cursor: string | null
  /** Opens the connection where the last one ended; does nothing while there is one. */
  connect(): void
  /** Stops reading: what arrived is published, and the run counts as stopped on this side. */
  stop(): void
  /** Drops the connection and opens another one from the cursor. */
  reconnect(): void
  /** Publishes now what waits. */
  flush(): void
  /** Ends the connection; what arrived is published, nothing is after. */
  close(): void
}

/**
 * Makes a stream. No I/O happens before `connect()`.
 * @throws TypeError when neither `url` nor `transport` is given, or `reduce` comes without `initialState`
 * @example
 * const stream = createAgentStream({ url: '/v1/streams/run-1/events' })
 * stream.store.subscribe(({ messages }) => render(messages))
 * stream.connect()
 */
export function createAgentStream<State = undefined, Snapshot extends StreamCounts = StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
): AgentStream<State, Snapshot> {
  const { clock = browserClock(), protocol = agUi, schedule = 'adaptive' } = options
  const transport = options.transport ?? sse(options)
  const id = streamId(options)
  const metrics = makeMetrics(options, clock)
  const listener = createListener(options)
  const { store, publish } = createPublisher(options, listener)
  const intake = createIntake({ protocol, tap: metrics, fitting: fittingProtocol })
  let connection: ConnectionStatus = 'idle'
  let reading: AbortController | null = null

  const batcher = createBatcher<Received>({
    schedule,
    clock,
    onBatch: (batch) => publish(batch, connection),
    onFlushed({ batch, startedAt, committedAt }) {
      const events = batch.reduce((sum, { counted }) => sum + Number(counted), 0)
      metrics.flushed(events, startedAt, committedAt)
      listener.flush({ events, startedAt, committedAt })
    },
    onPaint: ({ at, paintMs }) => metrics.painted(at, paintMs),
  })

  const receive = createReceiver({ intake, batcher, listener, tap: metrics, clock })
  const moved = (status: ConnectionStatus): void => {
    connection = status
    batcher.request()
  }
  const read = async (controller: AbortController): Promise<void> => {
    const { signal } = controller
    const reads = readAcrossCuts({
      transport,
      clock,
      signal,
      policy: options.reconnect ?? {},
      cursor: intake.cursor,
      resumable: intake.resumable,
      onState: ({ status }) => signal.aborted || moved(status),
    })
    let step = await reads.next()
    while (step.done !== true && !signal.aborted && !receive(step.value, signal)) {
      step = await reads.next()
    }
    if (!signal.aborted) settle(step.done === true ? step.value : null)
    // Not awaited: the transport closes in its own time, and nothing of it is read any more.
    controller.abort()
    void reads.return(null)
  }
  const settle = (error: AgentStreamError | null): void => {
    reading = null
    connection = 'closed'
    batcher.push(marked({ type: 'given-up', error }))
    batcher.urgent()
    if (error !== null) listener.error(error)
  }
  const drop = (): void => {
    reading?.abort()
    reading = null
    if (connection !== 'idle' && connection !== 'closed') moved('closed')
  }
  const stream: AgentStream<State, Snapshot> = {
    id,
    store,
    metrics,
    get cursor() {
      return intake.cursor()
    },
    connect() {
      if (reading !== null) return
      reading = new AbortController()
      if (connection === 'closed' && !intake.ended()) batcher.push(marked({ type: 'resumed' }))
      void read(reading)
    },
    stop() {
      const { status } = store.getState()
      if (reading === null && (status === 'idle' || isOver(status))) return
      drop()
      batcher.push(marked({ type: 'stopped' }))
      batcher.flush()
    },
    reconnect() {
      drop()
      stream.connect()
    },
    flush: batcher.flush,
    close() {
      drop()
      batcher.flush()
      batcher.close()
    },
  }
  return stream
}

function streamId<State, Snapshot extends StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
): string {
  const { id = options.url, transport } = options
  if (typeof id === 'string') return id
  if (transport !== undefined) return transport.name
  throw new TypeError(
    'expected `url` or `transport`, got neither: where shall the events come from?',
  )
}

function makeMetrics<State, Snapshot extends StreamCounts>(
  { metrics }: AgentStreamOptions<State, Snapshot>,
  clock: Clock,
): Metrics<Snapshot> {
  if (typeof metrics === 'function') return metrics({ clock })
  return metrics ?? (createCounts() as Metrics<Snapshot>)
}
