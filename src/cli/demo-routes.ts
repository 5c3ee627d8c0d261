// The demo's own routes: what this server can do, and runs to look at. They write, so nobody but a page
// of this server, or a program on this machine, may use them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DemoRecordings } from './demo-recordings.ts'
import { readRunRequest } from './demo-request.ts'
import type { RunRequest } from './demo-request.ts'
import type { DemoRuns } from './demo-runs.ts'
import { HttpError, readJson, replyError, replyJson } from './http-reply.ts'
import { isForeign, isForLoopback } from './loopback.ts'
import type { RunStore } from './run-store.ts'
import { planRecording, planSynthetic } from './run-plan.ts'
import type { RunPlan } from './run-plan.ts'

/** What the routes work with. */
export interface DemoRoutesOptions {
  readonly runs: DemoRuns
  readonly store: RunStore
  readonly recordings: DemoRecordings
}

/** Answers a request below /demo/, or leaves it alone. */
export type DemoRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

const BODY_LIMIT = 16 * 1024
const RUN_PATH = /^\/demo\/runs\/([A-Za-z0-9_-]{1,128})$/

/** Makes the routes `GET /demo/config`, `POST /demo/runs` and `DELETE /demo/runs/{id}`. */
export function createDemoRoutes(options: DemoRoutesOptions): DemoRoutes {
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    checkCaller(request)
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
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
  }
  return async (request, response) => {
    if (!request.url?.startsWith('/demo/')) return false
    try {
      await route(request, response)
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      // What was not read of the body would be taken for the next request.
      if (!request.complete) response.setHeader('Connection', 'close')
      replyError(response, error)
    }
    return true
  }
}

function checkCaller(request: IncomingMessage): void {
  if (!isForLoopback(request)) {
    throw new HttpError(403, 'foreign-host', 'open the demo as localhost or 127.0.0.1')
  }
  if (isForeign(request)) {
    throw new HttpError(403, 'foreign-origin', 'only pages of this very server may start runs')
  }
}

function config({ store, recordings }: DemoRoutesOptions): unknown {
  return { redis: store.backend === 'redis', layout: store.layout, recordings: recordings.names }
}

async function start(request: IncomingMessage, options: DemoRoutesOptions): Promise<unknown> {
  const { runs, store, recordings } = options
  const asked = readRunRequest(await readJson(request, BODY_LIMIT), recordings.names)
  if (asked.source === 'redis' && store.backend !== 'redis') {
    const remedy = 'set REDIS_URL (or --redis URL) and start the server again'
    throw new HttpError(409, 'no-redis', `this server runs without a Redis; ${remedy}`)
  }
  const layout = layoutOf(asked, store)
  const { id, plan } = await runs.start({
    open: (run) => store.open(run, layout === 'memory' ? undefined : layout),
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
