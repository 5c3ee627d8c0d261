// The demo's own routes: what this server can do, and runs to look at.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DemoRecordings } from './recordings.ts'
import { readRunRequest } from './request.ts'
import type { RunRequest } from './request.ts'
import type { DemoRuns } from './runs.ts'
import { HttpError, readJson, replyJson } from '../http/http-reply.ts'
import { localRoute, noRedis } from '../http/local-route.ts'
import type { Route } from '../http/request-handler.ts'
import type { RunStore } from '../play/run-store.ts'
import { planRecording, planSynthetic } from '../play/run-plan.ts'
import type { RunPlan } from '../play/run-plan.ts'

/** What the routes work with. */
export interface DemoRoutesOptions {
  readonly runs: DemoRuns
  readonly store: RunStore
  readonly recordings: DemoRecordings
}

const BODY_LIMIT = 16 * 1024
const RUN_PATH = /^\/demo\/runs\/([A-Za-z0-9_-]{1,128})$/

/** Makes the routes `GET /demo/config`, `POST /demo/runs` and `DELETE /demo/runs/{id}`. */
export function createDemoRoutes(options: DemoRoutesOptions): Route {
  return localRoute('/demo/', async (request, response, { pathname: path }) => {
    const { method } = request
    if (path === '/demo/config' && (method === 'GET' || method === 'HEAD')) {
      return replyJson(response, 200, config(options))
    }
    if (path === '/demo/runs' && method === 'POST') {
      return replyJson(response, 201, await start(request, options))
    }
    const id = RUN_PATH.exec(path)?.[1]
    if (id !== undefined && method === 'DELETE') return stop(id, response, options)
    throw new HttpError(404, 'not-found', `there is nothing for ${method} at ${path}`)
  })
}

function config({ store, recordings }: DemoRoutesOptions): unknown {
  return { redis: store.backend === 'redis', layout: store.layout, recordings: recordings.names }
}

async function start(request: IncomingMessage, options: DemoRoutesOptions): Promise<unknown> {
  const { runs, store, recordings } = options
  const asked = readRunRequest(await readJson(request, BODY_LIMIT), recordings.names)
  if (asked.source === 'redis' && store.backend !== 'redis') throw noRedis()
  const layout = layoutOf(asked, store)
  const { id, plan } = await runs.start({
    open: (run) =>
      store.open(run, {
        layout: layout === 'memory' ? undefined : layout,
        onStop: () => void runs.stop(run),
      }),
    plan: (run) => planOf(asked, run, layout, recordings),
  })
  return { id, protocol: plan.protocol, backend: store.backend, layout, events: plan.due.length }
}

type RunLayout = RunStore['layout']

function layoutOf(asked: RunRequest, store: RunStore): RunLayout {
  return store.layout === 'memory' ? 'memory' : (asked.layout ?? store.layout)
}

function planOf(
  asked: RunRequest,
  runId: string,
  layout: RunLayout,
  recordings: DemoRecordings,
): RunPlan {
  if (asked.recording !== undefined) {
    return planRecording(recordings.read(asked.recording), asked.speed)
  }
  return layout === 'memory'
    ? planSynthetic({ ...asked, format: 'ag-ui', layout: 'suna-stream', runId })
    : planSynthetic({ ...asked, format: 'suna', layout, runId })
}

function stop(id: string, response: ServerResponse, { runs }: DemoRoutesOptions): void {
  if (!runs.stop(id)) throw new HttpError(404, 'not-found', `no run ${id} is under way`)
  response.writeHead(204).end()
}
