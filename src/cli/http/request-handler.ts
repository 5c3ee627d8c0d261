// What answers the requests of a server: the relay where they are its own, then other routes one after the other.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Relay } from '../../relay/index.ts'
import { messageOf } from '../command-error.ts'
import { HttpError, replyError } from './http-reply.ts'

/** Answers a request; false leaves it to the next. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** What a handler needs. */
export interface RequestHandlerOptions {
  readonly relay: Relay['handler']
  readonly routes: readonly Route[]
  readonly warn: (line: string) => void
}

/** A request's path. A query may hold a ticket: neither answers nor the log repeat it. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/\?.*/s, '')

/** Makes a handler for node:http. */
export function createRequestHandler({ relay, routes, warn }: RequestHandlerOptions) {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const route of routes) if (await route(request, response)) return
    replyError(response, new HttpError(404, 'not-found', `there is nothing at ${pathOf(request)}`))
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (relay(request, response)) return
    answer(request, response).catch((error: unknown) => {
      warn(`${request.method} ${pathOf(request)}: ${messageOf(error)}`)
      if (response.headersSent) response.destroy()
      else
        replyError(response, new HttpError(500, 'internal', 'this server has failed; see its log'))
    })
  }
}
