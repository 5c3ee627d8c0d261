// Serves one stream as text/event-stream. Headers and `relay.hello` go out before anything is known of the stream, so
// that a viewer is connected while its run has not begun; only a resume asks the log first, since it may end in 204.
import { RELAY_EVENT, WIRE_VERSION } from '../../wire/protocol.ts'
import type { Grant } from '../door/access.ts'
import { encodeRelayEvent } from '../hub/frame.ts'
import type { RelayReply, RelayRequest } from '../request.ts'
import { checkResume } from '../hub/resume.ts'
import { createViewer } from '../hub/viewer.ts'
import type { Sink, Viewer } from '../hub/viewer.ts'
import type { Service } from './service.ts'

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** What a viewer asked for, checked. */
export interface Subscription {
  readonly id: string
  readonly after: string | null
  /** Say when each write's events were read and sent. */
  readonly timing: boolean
  readonly grant: Grant
}

/** Answers with a stream from after a cursor. */
export async function serveSse(
  { hubs, viewers, settings }: Service,
  request: RelayRequest,
  { id, after, timing, grant }: Subscription,
): Promise<RelayReply> {
  const hub = hubs.get(id)
  const { over, page } = await checkResume(hub, after, settings.counters)
  if (over !== null) return { status: 204, headers: {}, body: '' }

  function follow(sink: Sink): Viewer {
    sink.write(Buffer.from(`retry: ${1000 + Math.floor(1000 * settings.random())}\n`), after)
    sink.write(encodeHello(id, settings.heartbeatMs), after)
    const viewer = createViewer({ settings, hub, sink, after, page, timing })
    request.onClose(viewers.add(viewer, { transport: 'sse', untilMs: grant.untilMs }).end)
    return viewer
  }

  return { status: 200, headers: SSE_HEADERS, body: follow }
}

/** `relay.hello`, the first event of every connection to a stream. */
export function encodeHello(stream: string, heartbeatMs: number): Buffer {
  return encodeRelayEvent(RELAY_EVENT.hello, { version: WIRE_VERSION, stream, heartbeatMs })
}
