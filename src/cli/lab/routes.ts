// The lab: `POST /lab/runs` replays a recording from memory or from Redis, and `/lab/{source}/v1/…` is a relay that reads
// it from there. So one recording can be looked at from several sources, with nothing else changed.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { eventsPath, WS_PATH } from '../../wire/protocol.ts'
import { createDemoRuns } from '../demo/runs.ts'
import { RUN_TTL_SECONDS } from '../play/event-writer.ts'
import { HttpError, replyJson } from '../http/http-reply.ts'
import { createLabRelays, LAB_RUNS } from './relays.ts'
import type { LabRelaysOptions } from './relays.ts'
import { LAB_LAYOUTS, LAB_SOURCES, MAX_RECORDING_BYTES } from './request.ts'
import { readLabRequest, readRecording } from './request.ts'
import type { LabRequest } from './request.ts'
import { localRoute, noRedis } from '../http/local-route.ts'
import type { Route } from '../http/request-handler.ts'
import { planRecording } from '../play/run-plan.ts'

/** The lab of a server. */
export interface Lab {
  /** Answers below /lab/. */
  readonly route: Route
  /** Takes over the WebSockets below /lab/; false for others. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  close(): Promise<void>
}

const RELAY_PATH = /^\/lab\/(\w+)(?=\/v1\/)/
const RUN_PATH = /^\/lab\/runs\/([A-Za-z0-9_-]{1,128})$/

/** Opens a lab. */
export function createLab(options: LabRelaysOptions): Lab {
  const relays = createLabRelays(options)
  const runs = createDemoRuns({ ...options, prefix: 'framewise_lab_', maxRuns: LAB_RUNS })
  const config = {
    sources: LAB_SOURCES.filter((source) => source === 'memory' || options.url !== undefined),
    layouts: LAB_LAYOUTS,
    maxBytes: MAX_RECORDING_BYTES,
    maxRuns: LAB_RUNS,
    ttlSeconds: RUN_TTL_SECONDS,
  }

  // The address that a relay of the lab is asked at is cut off in front of its own paths.
  function sourceOf(request: IncomingMessage): LabRequest['source'] | null {
    const [prefix = '', name] = RELAY_PATH.exec(request.url ?? '') ?? []
    const source = config.sources.find((known) => known === name)
    if (source === undefined) return null
    request.url = request.url?.slice(prefix.length)
    return source
  }

  async function start(request: IncomingMessage, query: URLSearchParams): Promise<unknown> {
    const asked = readLabRequest(query)
    const { source, layout, speed } = asked
    if (source === 'redis' && options.url === undefined) throw noRedis()
    const recording = await readRecording(request)
    const { id, plan } = await runs.start({
      open: (run) => relays.open(run, asked),
      plan: () => planRecording(recording, speed),
    })
    const base = `/lab/${source}`
    return {
      id,
      protocol: plan.protocol,
      source,
      layout: source === 'memory' ? 'memory' : layout,
      events: plan.due.length,
      url: base + eventsPath(id),
      webSocket: base + WS_PATH,
    }
  }

  const route = localRoute('/lab/', async (request, response, { pathname, searchParams }) => {
    const { method } = request
    const at = `${method} ${pathname}`
    if (at === 'GET /lab/config') return replyJson(response, 200, config)
    if (at === 'POST /lab/runs') return replyJson(response, 201, await start(request, searchParams))
    const id = RUN_PATH.exec(pathname)?.[1] ?? ''
    const progress = runs.progress(id)
    if (progress !== undefined && method === 'GET') return replyJson(response, 200, progress)
    if (progress !== undefined && method === 'DELETE') {
      runs.stop(id)
      return response.writeHead(204).end()
    }
    throw new HttpError(404, 'not-found', `there is nothing for ${at}, or no such run is under way`)
  })

  return {
    async route(request, response) {
      const source = sourceOf(request)
      return source === null
        ? route(request, response)
        : relays.relay(source).handler(request, response)
    },
    upgrade(request, socket, head) {
      const source = sourceOf(request)
      return source !== null && relays.relay(source).upgrade(request, socket, head)
    },
    close() {
      runs.close()
      return relays.close()
    },
  }
}
