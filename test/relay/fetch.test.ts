import { afterEach, describe, expect, it } from 'vitest'
import { createRelay, memoryBackend } from '../../src/relay/index.ts'
import type { Relay } from '../../src/relay/index.ts'
import { parseSse } from './sse-client.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'
const backend = memoryBackend()
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

  it('answers what is no stream, and paths that are not its own', async () => {
    start()
    expect(await (await ask('/v1/streams/a')).json()).toMatchObject({ length: 2, ended: true })
    expect((await ask('/elsewhere')).status).toBe(404)
    expect((await ask('/livez')).status).toBe(200)
  })
})
