// A route handler as Next.js calls it: with a Request, for a Response. Next itself is not run.
import { afterAll, expect, it } from 'vitest'
import { backend, relay } from '../../guides/relay-in-your-server/next-relay.ts'
import { dynamic, GET, OPTIONS, POST } from '../../guides/relay-in-your-server/next-route.ts'
import { parseSse } from '../sse-client.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'
const asked = (path: string, init?: RequestInit): Request =>
  new Request(`http://localhost:3000${path}`, init)

afterAll(() => relay.close())

it('is asked every time', () => {
  expect(dynamic).toBe('force-dynamic')
})

it('streams a run, resumes it, and answers 204 after its end', async () => {
  const first = await backend.append('a', '0')
  const response = await GET(asked('/v1/streams/a/events'))
  const last = await backend.append('a', COMPLETED)
  const payloads = (text: string): string[] =>
    parseSse(text)
      .filter(({ event }) => event === null)
      .map(({ data }) => data)
  expect(payloads(await response.text())).toEqual(['0', COMPLETED])
  const after = (cursor: string): Promise<Response> =>
    GET(asked('/v1/streams/a/events', { headers: { 'last-event-id': cursor } }))
  expect(payloads(await (await after(first)).text())).toEqual([COMPLETED])
  expect((await after(last)).status).toBe(204)
})

it('answers a preflight, HEAD as Next passes it on, and what it does not know', async () => {
  const headers = { origin: 'http://localhost:5173' }
  const preflight = await OPTIONS(asked('/v1/streams/a/events', { method: 'OPTIONS', headers }))
  expect(preflight.headers.get('access-control-allow-origin')).toBe(headers.origin)
  const head = await GET(asked('/v1/streams/b/events', { method: 'HEAD' }))
  expect([head.status, head.body, relay.stats().viewers]).toEqual([200, null, 0])
  expect((await POST(asked('/v1/nothing', { method: 'POST' }))).status).toBe(405)
})
