// An app that knows its users itself: the hook of the guide, asked through a route handler.
import { afterAll, expect, it } from 'vitest'
import { memoryBackend } from '../../../src/relay/index.ts'
import { relayOfApp } from '../../guides/relay-in-your-server/authorize.ts'
import type { Session } from '../../guides/relay-in-your-server/authorize.ts'

const ann: Session = { runs: new Set(['run-1']), endsMs: 4e12 }
const backend = memoryBackend()
const relay = relayOfApp(backend, (cookie) => Promise.resolve(cookie === 'ann' ? ann : null))
afterAll(() => relay.close())

const ask = (path: string, cookie?: string, method = 'GET'): Promise<Response> =>
  relay.fetch(
    new Request(`https://app.example${path}`, {
      method,
      ...(cookie ? { headers: { cookie } } : {}),
    }),
  )

it('lets each visitor read what is theirs, under any name of the server', async () => {
  await backend.append('run-1', '{"type": "status", "status": "completed"}')
  const response = await ask('/v1/streams/run-1/events', 'ann')
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('relay.end')
  const refused = [
    await ask('/v1/streams/run-1/events'),
    await ask('/v1/streams/run-2/events', 'ann'),
    await ask('/v1/streams/run-1/stop', 'ann', 'POST'),
  ]
  expect(refused.map(({ status }) => status)).toEqual([401, 404, 403])
})
