// Serves one stream as text/event-stream. Headers and `relay.hello` go out before anything is known of the stream, so
// that a viewer is connected while its run has not begun; only a resume asks the log first, since it may end in 204.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RELAY_EVENT, WIRE_VERSION } from '../wire/protocol.ts'
import { encodeRelayEvent } from './frame.ts'
import type { Hubs } from './hubs.ts'
import { checkResume } from './resume.ts'
import { createViewer } from './viewer.ts'
import type { Viewer, ViewerSettings } from './viewer.ts'

/** What both transports need to serve viewers. */
export interface ViewerService {
  readonly hubs: Hubs
  readonly settings: ViewerSettings
  readonly random: () => number
  /** Viewers on this transport, for heartbeat, shutdown and count. */
  readonly viewers: Set<Viewer>
}

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Serves a checked stream id after a checked cursor; `headers` go with the answer. */
export async function serveSse(
  service: ViewerService,
  req: IncomingMessage,
  res: ServerResponse,
  request: { id: string; after: string | null; headers: Record<string, string> },
): Promise<void> {
  const { id, after, headers } = request
  const hub = service.hubs.get(id)
  const { over, page } = await checkResume(hub, service.hubs, after)
  if (res.destroyed) return
  if (over !== null) {
    res.writeHead(204, headers).end()
    return
  }
  req.socket.setNoDelay(true).setKeepAlive(true, 30_000)
  res.writeHead(200, { ...headers, ...SSE_HEADERS })
  res.write(`retry: ${1000 + Math.floor(1000 * service.random())}\n`)
  res.write(encodeHello(id, service.settings.heartbeatMs))
  const { settings } = service
  const sink = {
    write: (bytes: Buffer) => res.write(bytes),
    end() {
      res.end()
      setTimeout(() => res.destroy(), settings.slowMs).unref() // what a dead peer does not take
    },
  }
  const viewer = createViewer({ settings, hub, sink, after, page })
  service.viewers.add(viewer)
  res.on('drain', viewer.drained)
  res.on('close', () => {
    viewer.close()
    service.viewers.delete(viewer)
  })
}

/** `relay.hello`, the first event of every connection to a stream. */
export function encodeHello(stream: string, heartbeatMs: number): Buffer {
  return encodeRelayEvent(RELAY_EVENT.hello, { version: WIRE_VERSION, stream, heartbeatMs })
}
