// What a relay owes its viewers whatever server it is a part of: one suite for all of them, over real sockets.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createRelay } from '../../../src/relay/index.ts'
import type { Relay } from '../../../src/relay/index.ts'
import { countingBackend } from '../counting-backend.ts'
import type { CountingBackend } from '../counting-backend.ts'
import { openSse } from '../sse-client.ts'

/** A server with a relay in it. */
export interface HostOptions {
  /** Answers `the app` at `/hello`. */
  readonly open: (relay: Relay) => Server | Promise<Server>
  /** What stands in front of the relay's paths. @default '' */
  readonly prefix?: string | undefined
  /** False where the server knows no upgrades. @default true */
  readonly sockets?: boolean | undefined
}

const COMPLETED = '{"type": "status", "status": "completed"}'
const LARGE = 50_000
const LARGE_EVENTS = 640

/** Runs the suite against one server. */
export function hostContract(name: string, options: HostOptions): void {
  const { open, prefix = '', sockets = true } = options
  let backend: CountingBackend
  let relay: Relay
  let server: Server
  let origin = ''

  async function start(): Promise<void> {
    backend = countingBackend()
    relay = createRelay({ backend })
    server = await open(relay)
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  async function write(id: string, ...payloads: string[]): Promise<string[]> {
    const cursors: string[] = []
    for (const payload of payloads) cursors.push(await backend.append(id, payload))
    return cursors
  }
  const at = (path: string): string => `${origin}${prefix}${path}`
  const view = (id: string, headers?: Record<string, string>) =>
    openSse(at(`/v1/streams/${id}/events`), headers)

  describe(`a relay in ${name}`, () => {
    afterEach(async () => {
      await relay.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    })

    it('streams a log, what follows as it comes, and the end', async () => {
      await start()
      await write('a', '0', '1')
      const viewer = await view('a')
      expect(viewer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
      for (const payload of ['2', '3']) {
        await write('a', payload)
        await viewer.until(({ payloads }) => payloads().at(-1) === payload)
      }
      await write('a', COMPLETED)
      await viewer.ended
      expect(viewer.payloads()).toEqual(['0', '1', '2', '3', COMPLETED])
      expect(viewer.events().at(-1)?.event).toBe('relay.end')
      await expect.poll(() => relay.stats().viewers).toBe(0)
    })

    it('gives exactly the rest after Last-Event-ID, and 204 after the end', async () => {
      await start()
      const cursors = await write('a', '0', '1', '2', COMPLETED)
      const rest = await view('a', { 'last-event-id': String(cursors[1]) })
      await rest.ended
      expect(rest.payloads()).toEqual(['2', COMPLETED])
      expect((await view('a', { 'last-event-id': String(cursors[3]) })).status).toBe(204)
    })

    it('leaves the server its own routes, and answers what is wrong on its own', async () => {
      await start()
      expect(await (await fetch(`${origin}/hello`)).text()).toBe('the app')
      expect((await fetch(`${origin}/nothing`)).status).toBe(404)
      const malformed = await fetch(at('/v1/streams/a.b/events'))
      expect(malformed.status).toBe(404)
      expect(await malformed.json()).toMatchObject({ error: { code: 'not-found' } })
      if (prefix !== '') expect((await fetch(`${origin}/v1/streams/a`)).status).toBe(404)
    })

    it('answers HEAD without a viewer, and describes a stream', async () => {
      await start()
      await write('a', '0')
      const head = await fetch(at('/v1/streams/a/events'), { method: 'HEAD' })
      expect(head.status).toBe(200)
      expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(relay.stats().viewers).toBe(0)
      expect(await (await fetch(at('/v1/streams/a'))).json()).toMatchObject({ length: 1 })
    })

    it('lets a page of another origin in, preflight included', async () => {
      await start()
      const headers = { origin: 'http://localhost:5173' }
      const path = at('/v1/streams/a')
      for (const method of ['GET', 'OPTIONS']) {
        const response = await fetch(path, { method, headers })
        expect(response.ok, method).toBe(true)
        expect(response.headers.get('access-control-allow-origin')).toBe(headers.origin)
      }
      const foreign = await fetch(path, { headers: { origin: 'https://evil.example' } })
      expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    })

    it('lets go of a viewer that leaves', async () => {
      await start()
      const viewer = await view('a')
      await viewer.until(({ text }) => text().includes('relay.caught-up'))
      expect(relay.stats().viewers).toBe(1)
      viewer.close()
      await expect.poll(() => relay.stats().viewers).toBe(0)
    })

    it('takes no more from the log than a viewer reads, and gives it the rest later', async () => {
      await start()
      const payload = 'x'.repeat(LARGE)
      for (let n = 0; n < LARGE_EVENTS; n++) await backend.append('large', payload + n)
      await write('large', COMPLETED)
      const slow = await view('large')
      slow.pause()
      const fast = await view('large')
      await fast.ended
      // All of it for the one; for the other what fits into the buffers of two sockets.
      expect(backend.taken()).toBeLessThan(1.7 * LARGE * LARGE_EVENTS)
      slow.resume()
      await slow.ended
      expect(slow.payloads()).toHaveLength(LARGE_EVENTS + 1)
      expect(slow.text().slice(-400)).toBe(fast.text().slice(-400))
      expect(slow.ids()).toEqual(fast.ids())
    })

    if (sockets) {
      it('serves WebSockets with the very bytes of SSE, and leaves others alone', async () => {
        await start()
        await write('a', '0', '1', COMPLETED)
        const url = at('').replace('http', 'ws')
        const other = new WebSocket(`${url}/v1/other`, 'framewise.v1')
        await once(other, 'error')
        const ws = new WebSocket(`${url}/v1/ws`, 'framewise.v1')
        let text = ''
        const ended = new Promise<void>((done) => {
          ws.on('message', (data: Buffer) => {
            text += data.subarray(data.indexOf(10) + 1).toString()
            if (text.includes('relay.end')) done()
          })
        })
        await once(ws, 'open')
        ws.send(JSON.stringify({ op: 'subscribe', stream: 'a' }))
        await ended
        const viewer = await view('a')
        await viewer.ended
        expect(text).toBe(viewer.text().replace(/^retry: \d+\n/, ''))
        ws.close()
        await expect.poll(() => relay.stats().sockets).toBe(0)
      })
    }
  })
}
