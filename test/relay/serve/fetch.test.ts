import { afterEach, describe, expect, it } from 'vitest'
import { createRelay } from '../../../src/relay/index.ts'
import type { Relay } from '../../../src/relay/index.ts'
import { countingBackend } from '../counting-backend.ts'
import { parseSse } from '../sse-client.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'
const backend = countingBackend()
let relay: Relay
const start = (): void => void (relay = createRelay({ backend }))
afterEach(() => relay.close())

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  relay.fetch(
    new Request(`http://localhost${path}`, {
      ...init,
      headers: { host: 'localhost', ...init?.headers },
    }),
  )

describe('relay.fetch', () => {
  it('streams a log, what follows, and the end', async () => {
    start()
    await backend.append('a', '0')
    const response = await ask('/v1/streams/a/events')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    await backend.append('a', COMPLETED)
    const events = parseSse(await response.text())
    expect(events.filter(({ event }) => event === null).map(({ data }) => data)).toEqual([
      '0',
      COMPLETED,
    ])
    expect(events.at(-1)?.event).toBe('relay.end')
    expect(relay.stats().viewers).toBe(0)
  })

  it('takes no more from the log than is read, and the rest afterwards', async () => {
    start()
    const payload = 'x'.repeat(50_000)
    for (let at = 0; at < 40; at++) await backend.append('large', payload + at)
    await backend.append('large', COMPLETED)
    const { body } = await ask('/v1/streams/large/events')
    let text = ''
    for await (const bytes of body ?? []) text += Buffer.from(bytes).toString()
    expect(parseSse(text).filter(({ event }) => event === null)).toHaveLength(41)
  })

  it('lets go of a viewer that cancels, and of one whose request is aborted', async () => {
    start()
    const response = await ask('/v1/streams/b/events')
    expect(relay.stats().viewers).toBe(1)
    await response.body?.cancel()
    await expect.poll(() => relay.stats().viewers).toBe(0)
    const abort = new AbortController()
    await ask('/v1/streams/b/events', { signal: abort.signal })
    expect(relay.stats().viewers).toBe(1)
    abort.abort()
    await expect.poll(() => relay.stats().viewers).toBe(0)
  })

  it('reads on only as far as its reader does', async () => {
    start()
    for (let at = 0; at < 200; at++) await backend.append('deep', 'x'.repeat(50_000) + at)
    await backend.append('deep', COMPLETED)
    const before = backend.taken()
    const unread = await ask('/v1/streams/deep/events')
    const read = await (await ask('/v1/streams/deep/events')).text()
    // All of it for the one that was read, a first page for the other.
    expect(backend.taken() - before).toBeLessThan(1.5 * 200 * 50_000)
    expect((await unread.text()).slice(-400)).toBe(read.slice(-400))
    expect(relay.stats().viewers).toBe(0)
  })

  it('begins nothing for a request that is given up before its reply', async () => {
    start()
    const response = await ask('/v1/streams/b/events', { signal: AbortSignal.abort() })
    expect(await response.text()).toBe('')
    expect(relay.stats().viewers).toBe(0)
    const cursor = await backend.append('b', '0')
    const abort = new AbortController()
    const headers = { 'last-event-id': cursor }
    const asked = ask('/v1/streams/b/events', { signal: abort.signal, headers })
    abort.abort()
    expect(await (await asked).text()).toBe('')
    expect(relay.stats().viewers).toBe(0)
  })

  it('ends the response of a request that is aborted, also when events are on their way', async () => {
    start()
    const abort = new AbortController()
    const response = await ask('/v1/streams/c/events', { signal: abort.signal })
    void backend.append('c', '0')
    abort.abort()
    expect(await response.text()).toContain('relay.hello')
    expect(relay.stats().viewers).toBe(0)
  })

  it('writes nothing into a response that is cancelled while events are on their way', async () => {
    start()
    const response = await ask('/v1/streams/d/events')
    const other = await ask('/v1/streams/d/events')
    void backend.append('d', '0')
    await response.body?.cancel()
    await backend.append('d', COMPLETED)
    const events = parseSse(await other.text()).filter(({ event }) => event === null)
    expect(events.map(({ data }) => data)).toEqual(['0', COMPLETED])
    expect(relay.stats().viewers).toBe(0)
  })

  it('says goodbye when the relay closes', async () => {
    start()
    const response = await ask('/v1/streams/e/events')
    await relay.close()
    expect(parseSse(await response.text()).at(-1)?.event).toBe('relay.reconnect')
  })

  it('takes the host from the address where there is no header', async () => {
    start()
    expect((await relay.fetch(new Request('http://localhost:1/livez'))).status).toBe(200)
    expect((await relay.fetch(new Request('http://evil.example/livez'))).status).toBe(403)
  })

  it('answers what is no stream, and paths that are not its own', async () => {
    start()
    expect(await (await ask('/v1/streams/a')).json()).toMatchObject({ length: 2, ended: true })
    expect((await ask('/elsewhere')).status).toBe(404)
    expect((await ask('/livez')).status).toBe(200)
  })
})
