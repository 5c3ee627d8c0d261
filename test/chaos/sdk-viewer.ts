// The SDK as a viewer: what an application gets from it, over either transport and with a protocol of each kind.
import { createAgentStream, webSocket } from '../../src/index.ts'
import type { AgentStreamOptions, RelayGap } from '../../src/index.ts'
import { agUi, json } from '../../src/protocols/index.ts'
import type { Observed } from './history.ts'
import type { Random } from './random.ts'
import { SILENCE_MS } from './viewer.ts'
import type { Viewer } from './viewer.ts'

/** Options of {@link startSdkViewer}. */
export interface SdkViewerOptions {
  readonly id: string
  readonly port: number
  readonly transport: 'sse' | 'websocket'
  readonly protocol: 'agUi' | 'json'
  readonly random: Random
}

type Payload = { readonly delta?: string; readonly type?: string }

/** Starts viewing. */
export function startSdkViewer(options: SdkViewerOptions): Viewer {
  const { transport, protocol } = options
  const observed: Observed[] = []
  const done = Promise.withResolvers<void>()
  let settled = false
  const tell = {
    // A frame may be several events; the one told here comes once for each.
    onEvent({ cursor, event, raw }) {
      const once = protocol === 'json' ? ['CUSTOM'] : ['TEXT_MESSAGE_CONTENT', 'RUN_FINISHED']
      if (once.includes(event.type)) observed.push({ kind: 'event', cursor, data: raw })
    },
    onGap: (gap: RelayGap) => placeGap(observed, gap),
    onError({ code, message }) {
      const wire = ['connection-failed', 'idle-timeout', 'http-status', 'relay-error']
      if (!wire.includes(code)) observed.push({ kind: 'refused', what: `${code}: ${message}` })
    },
  } satisfies Partial<AgentStreamOptions>
  const common = { ...sourceOf(options), ...tell, ...patience(options.random) }
  const stream =
    protocol === 'agUi'
      ? createAgentStream({ ...common, protocol: agUi })
      : createAgentStream({ ...common, protocol: JSON_RUN, initialState: '', reduce: grow })
  stream.store.subscribe(({ connection }) => {
    if (connection !== 'closed') return
    settled = stream.store.getState().status === 'finished'
    done.resolve()
  })
  stream.connect()

  function text(): string {
    stream.flush()
    const { state, messages } = stream.store.getState()
    return typeof state === 'string' ? state : messages.map((message) => message.text).join('')
  }

  return {
    history: () => ({ name: `sdk ${transport} ${protocol}`, observed, settled, text: text() }),
    done: done.promise,
    stop() {
      stream.close()
      done.resolve()
    },
  }
}

// Events are told as they arrive, gaps once they are published: back to where it was on the wire.
function placeGap(observed: Observed[], { reason, from, to }: RelayGap): void {
  const at = observed.findLastIndex((one) => one.kind === 'event' && one.cursor === (to ?? from))
  const place = at < 0 ? observed.length : at + Number(to === null)
  observed.splice(place, 0, { kind: 'gap', reason, from, to })
}

const JSON_RUN = json({ terminal: (value) => (value as Payload).type === 'RUN_FINISHED' })

function grow(text: string, events: readonly { readonly type: string }[]): string {
  const deltas = events.map((event) =>
    'value' in event ? ((event.value as Payload).delta ?? '') : '',
  )
  return text + deltas.join('')
}

function sourceOf({ transport, port, id }: SdkViewerOptions): AgentStreamOptions {
  if (transport === 'sse') return { url: `http://127.0.0.1:${port}/v1/streams/${id}/events` }
  return { id, transport: webSocket({ url: `ws://127.0.0.1:${port}/v1/ws`, stream: id }) }
}

function patience(random: Random) {
  const reconnect = { baseMs: 50, capMs: 500, maxAttempts: 1000, random: random.next }
  return { reconnect, idleTimeoutMs: SILENCE_MS, schedule: 'frame' } as const
}
