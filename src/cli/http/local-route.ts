// Routes that write: nobody but a page of this very server, or a program on this machine, may use them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, replyError } from './http-reply.ts'
import { isForeign, isForLoopback } from './loopback.ts'
import type { Route } from './request-handler.ts'

/** Answers, or throws an HttpError. */
export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown

/** A route for all paths below a prefix. */
export function localRoute(prefix: string, answer: Answer): Route {
  return async (request, response) => {
    if (!request.url?.startsWith(prefix)) return false
    try {
      checkCaller(request)
      await answer(request, response, new URL(request.url, 'http://localhost'))
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      // What was not read of the body would be taken for the next request.
      if (!request.complete) response.setHeader('Connection', 'close')
      replyError(response, error)
    }
    return true
  }
}

/** The answer to who asks for a Redis where there is none. */
export function noRedis(): HttpError {
  const remedy = 'set REDIS_URL (or --redis URL) and start the server again'
  return new HttpError(409, 'no-redis', `this server runs without a Redis; ${remedy}`)
}

function checkCaller(request: IncomingMessage): void {
  if (!isForLoopback(request)) {
    throw new HttpError(403, 'foreign-host', 'open the demo as localhost or 127.0.0.1')
  }
  if (isForeign(request)) {
    throw new HttpError(403, 'foreign-origin', 'only pages of this very server may start runs')
  }
}
