// What the tests in a page need of the server that plays scripts.
import { inject } from 'vitest'
import type { Script } from './script-server.ts'

const origin = inject('scriptServer')
let count = 0

/** A script at the server. */
export interface Played {
  readonly url: string
  /** The same, reached by a redirect. */
  readonly moved: string
  readonly socketUrl: string
  /** What the server was asked, connection by connection: method and Last-Event-ID. */
  asked(): Promise<string[]>
}

/** Has the server play this, one script for each connection. */
export async function put(...scripts: Script[]): Promise<Played> {
  const id = `s${Date.now()}-${count++}`
  await fetch(`${origin}/scripts/${id}`, { method: 'PUT', body: JSON.stringify(scripts) })
  return {
    url: `${origin}/play/${id}`,
    moved: `${origin}/moved/${id}`,
    socketUrl: `${origin.replace('http', 'ws')}/play/${id}`,
    asked: async () => (await fetch(`${origin}/asked/${id}`)).json() as Promise<string[]>,
  }
}

/** Headers of server-sent events. */
export const EVENTS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }

/** Resolves when it is so. @throws after ten seconds */
export async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it did not come about in 10 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
