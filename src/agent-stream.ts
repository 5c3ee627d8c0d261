// createAgentStream: the pipeline, to be read from top to bottom.
//   transport → reader → receiver (decode) → queue → scheduler → publisher (merge, reduce) → store
import { cancelRun as askToEnd } from './stream/cancel.ts'
import { checkMessages } from './core/chat-local.ts'
import type { ConnectionStatus } from './core/connection.ts'
import { createIntake } from './core/intake.ts'
import { type Mark, marked, type Received } from './core/received.ts'
import { isOver } from './core/run.ts'
import { createCounts, type Metrics, type StreamCounts } from './core/tap.ts'
import { createTaps } from './core/taps.ts'
import { createBatcher } from './frame/batcher.ts'
import { browserClock } from './frame/browser-clock.ts'
import { DEFAULT_LIMITS } from './stream/limits.ts'
import { createListener } from './stream/listener.ts'
import { agUi } from './protocols/ag-ui.ts'
import { fittingProtocol } from './protocols/fit.ts'
import { busy, checkProtocol, noStart, overflow, streamId } from './stream/door.ts'
import { createKeeper } from './stream/keeper.ts'
import { createPublisher } from './stream/publisher.ts'
import { createReader } from './stream/reader.ts'
import { createReceiver } from './stream/receiver.ts'
import { createSources } from './stream/sources.ts'
import { createStarter } from './stream/starter.ts'
import type { AgentStream } from './stream/stream.ts'
import type { AgentStreamOptions, MeterSetting, StartAnswer } from './stream/options.ts'

// Reducing takes no more of a frame than this, in ms; what is left of a burst comes with the next frames.
const FLUSH_BUDGET_MS = 8

/**
 * Makes a stream. No I/O happens before `connect()` or `start()`.
 * @throws TypeError when it is not said where the events come from, or `reduce` comes without `initialState`
 * @example
 * const stream = createAgentStream({ url: '/v1/streams/run-1/events' })
 * stream.store.subscribe(({ messages }) => render(messages))
 * stream.connect()
 */
export function createAgentStream<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
  Input = unknown,
>(options: AgentStreamOptions<State, Snapshot, Input>): AgentStream<State, Snapshot, Input> {
  const { clock = browserClock(), protocol = agUi, schedule = 'adaptive' } = options
  const { backlogEvents: limit = DEFAULT_LIMITS.backlogEvents } = options.limits ?? {}
  const id = streamId(options)
  checkProtocol(protocol)
  checkMessages(options.initialMessages ?? [], 'initialMessages')
  const metrics = makeMetrics(options, { clock, relayTime: () => sources.current?.time?.() })
  const taps = createTaps(metrics)
  const listener = createListener(options)
  const sources = createSources(options)
  const publisher = createPublisher(options, listener)
  const { store } = publisher
  const intake = createIntake({
    protocol,
    tap: taps,
    fitting: fittingProtocol,
    runs: options.initialMessages?.length ?? 0,
  })
  let connection: ConnectionStatus = 'idle'
  let reducedAt = 0

  const batcher = createBatcher<Received>({
    schedule,
    clock,
    budgetMs: FLUSH_BUDGET_MS,
    limit,
    onOverflow: () => listener.error(overflow(limit)),
    onBatch(batch, last) {
      publisher.fold(batch)
      if (!last) return
      reducedAt = clock.now()
      publisher.publish(connection)
    },
    onFlushed({ batch, startedAt, committedAt }) {
      const events = batch.reduce((sum, { counted }) => sum + Number(counted), 0)
      taps.flushed(events, startedAt, reducedAt, committedAt)
      listener.flush({ events, startedAt, committedAt })
    },
    onPaint: ({ at, paintMs }) => taps.painted(at, paintMs),
  })
  const moved = (status: ConnectionStatus): void => {
    connection = status
    taps.connection(status)
    batcher.request()
  }
  const reader = createReader({
    clock,
    protocol,
    intake,
    receive: createReceiver({ intake, batcher, listener, tap: taps, clock }),
    policy: options.reconnect ?? {},
    idleTimeoutMs: options.idleTimeoutMs,
    maxEventChars: options.limits?.eventChars,
    timing: options.metrics !== undefined,
    onMove: moved,
    onStall: listener.error,
    onLast() {
      moved('closed')
      batcher.urgent()
    },
    onGivenUp(error) {
      moved('closed')
      batcher.push(marked({ type: 'given-up', error }))
      batcher.urgent()
      if (error !== null) listener.error(error)
    },
  })
  const put = (item: Received): void => {
    batcher.push(item)
    batcher.flush()
  }
  const mark = (what: Mark): void => put(marked(what))
  const read = (): void => {
    if (sources.current !== null) reader.read(sources.current)
  }
  const starter = createStarter<Input>({
    start: (...call) => (options.start ?? noStart)(...call),
    mark,
    accept(answer) {
      const before = sources.current
      sources.move(answer)
      // Another place is another log. So is the same one where nothing says how far it had been read.
      const fresh =
        sources.current !== before || (reader.current === null && intake.cursor() === null)
      if (fresh) {
        intake.begin()
        taps.replaced()
      }
      // Read first: whoever stops it on being told has stopped it.
      if (fresh || reader.current === null) read()
      mark({ type: 'accepted', runId: runIdOf(answer), fresh })
      if (!isOver(store.getState().status)) intake.expect()
    },
    isTaken: (id) => store.getState().messages.some((message) => message.id === id),
    onFailed(error) {
      if (reader.current === null) moved('closed')
      mark({ type: 'unsent', error })
      listener.error(error)
    },
  })
  const keeper = createKeeper({
    resume: options.resume,
    isState: publisher.isState,
    id,
    clock,
    intake,
    publisher,
    sources,
    flush: batcher.flush,
    restore: put,
  })
  const drop = (): void => {
    reader.drop()
    if (connection !== 'idle' && connection !== 'closed') moved('closed')
  }
  const stream: AgentStream<State, Snapshot, Input> = {
    id,
    store,
    metrics,
    get cursor() {
      return intake.cursor()
    },
    connect() {
      // What somebody stopped stays so over a reload.
      if (keeper.begin() === 'stopped') return
      if (reader.current !== null || starter.pending || sources.current?.once === true) return
      // All of the log comes again, and nothing in it says what is known: it takes the place of what was read.
      if (intake.repeats()) {
        if (intake.ended()) return
        intake.begin()
        taps.replaced()
        put(marked({ type: 'gap', gap: { reason: 'replaced', from: null, to: null } }))
      }
      if (connection === 'closed' && !intake.ended()) batcher.push(marked({ type: 'resumed' }))
      read()
    },
    async start(input, startOptions = {}) {
      if (options.start === undefined) noStart()
      keeper.begin()
      batcher.flush()
      const { status } = store.getState()
      if (starter.pending || status === 'submitted' || status === 'streaming') throw busy()
      if (reader.current === null) moved('connecting')
      await starter.start(input, startOptions)
    },
    stop({ cancelRun = false } = {}) {
      const { status, runId } = store.getState()
      if (cancelRun && !starter.pending) {
        const ways = { cancel: options.cancel, transport: sources.current, onError: listener.error }
        void askToEnd({ id, runId, cursor: intake.cursor() }, ways)
      }
      const atRest = reader.current === null && !starter.pending
      if (atRest && (status === 'idle' || isOver(status))) return
      starter.abort()
      drop()
      mark({ type: 'stopped' })
    },
    reconnect() {
      // What cannot be opened again, or would bring nothing new, is not dropped for nothing.
      if (reader.current?.once === true || (intake.repeats() && intake.ended())) return
      drop()
      stream.connect()
    },
    flush: batcher.flush,
    tap(make) {
      const tap = make({ clock, protocol: protocol.name })
      tap.connection(connection)
      return taps.add(tap)
    },
    hydrate(messages, cursor) {
      checkMessages(messages, 'messages')
      batcher.flush()
      if (cursor !== undefined) intake.moveTo(cursor)
      // A body that is read on brings what it would have brought.
      if (cursor !== undefined && reader.current?.once !== true) taps.moved(cursor)
      put({ ...marked({ type: 'hydrated', messages }), cursor })
      if (cursor !== undefined && reader.current !== null && !reader.current.once) read()
    },
    close() {
      const cut = starter.pending || (reader.current !== null && !reader.resumable())
      starter.abort()
      drop()
      // Nobody will read on: it must not count as under way for ever.
      if (cut) batcher.push(marked({ type: 'abandoned' }))
      batcher.flush()
      keeper.end()
      batcher.close()
    },
  }
  return stream
}

function makeMetrics<State, Snapshot extends StreamCounts, Input>(
  { metrics }: AgentStreamOptions<State, Snapshot, Input>,
  given: MeterSetting,
): Metrics<Snapshot> {
  if (typeof metrics === 'function') return metrics(given)
  return metrics ?? (createCounts() as Metrics<Snapshot>)
}

function runIdOf(answer: StartAnswer): string | null {
  return answer !== undefined && 'runId' in answer ? (answer.runId ?? null) : null
}
