import { describe, expect, it, vi } from 'vitest'
import { postStop, stopUrl } from '../../src/transport/cancel.ts'
import { sse } from '../../src/transport/sse.ts'

const answering = (...statuses: readonly number[]) => {
  let next = 0
  return vi.fn<typeof fetch>(async () => new Response(null, { status: statuses[next++] ?? 500 }))
}
const sent = (fetch: ReturnType<typeof answering>, call = 0): Headers =>
  new Headers(fetch.mock.calls[call]?.[1]?.headers)

describe('where to ask', () => {
  it.each([
    ['/v1/streams/run-1/events', '/v1/streams/run-1/stop'],
    [
      'https://x.test/agents/v1/streams/a/events?timing=1#top',
      'https://x.test/agents/v1/streams/a/stop',
    ],
    ['/v1/streams/a/events#', '/v1/streams/a/stop'],
  ])('%s → %s', (events, stop) => {
    expect(stopUrl(events)).toBe(stop)
  })

  it.each([
    '/api/chat',
    '/v1/streams/a/eventsource',
    '/v1/streams//events',
    '/v1/streams/a/b/events',
    '/login?next=/v1/streams/a/events',
  ])('is not known for %s', (url) => {
    expect(stopUrl(url)).toBeNull()
  })
})

describe('asking', () => {
  it('posts once, with token and headers, and outlives the page', async () => {
    const fetch = answering(202)
    await postStop('/stop', { token: async () => 't', headers: { 'x-tenant': '1' }, fetch })
    expect(fetch).toHaveBeenCalledExactlyOnceWith('/stop', expect.anything())
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', keepalive: true })
    expect(sent(fetch).get('authorization')).toBe('Bearer t')
    expect(sent(fetch).get('x-tenant')).toBe('1')
  })

  it('asks for another token once after a 401', async () => {
    const fetch = answering(401, 200)
    await postStop('/stop', { token: ({ reason }) => reason, fetch })
    expect(sent(fetch, 1).get('authorization')).toBe('Bearer unauthorized')
    const refused = answering(401, 401, 200)
    await expect(postStop('/stop', { token: () => 't', fetch: refused })).rejects.toMatchObject({
      code: 'cancel-failed',
      status: 401,
    })
    expect(refused).toHaveBeenCalledTimes(2)
  })

  it.each([401, 404, 405, 409, 500])(
    'tells a %i by its status, and does not ask again',
    async (status) => {
      const fetch = answering(status, 200)
      await expect(postStop('/stop', { token: 'fixed', fetch })).rejects.toMatchObject({
        name: 'AgentStreamError',
        code: 'cancel-failed',
        status,
      })
      expect(fetch).toHaveBeenCalledTimes(1)
    },
  )

  it('tells what broke', async () => {
    const fetch = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')))
    const error = await postStop('/stop', { fetch }).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'cancel-failed', status: undefined })
    expect(String(error)).toContain('Failed to fetch')
    const token = (): string => {
      throw new Error('no session')
    }
    await expect(postStop('/stop', { token, fetch: answering(200) })).rejects.toThrow('no session')
  })
})

describe('a stream of server-sent events', () => {
  it('can be asked to stop behind a relay, and nowhere else', async () => {
    const fetch = answering(202)
    await sse({ url: '/v1/streams/a/events?x=1', token: 't', fetch }).cancel?.()
    expect(fetch.mock.calls[0]?.[0]).toBe('/v1/streams/a/stop')
    expect(sent(fetch).get('authorization')).toBe('Bearer t')
    expect(sse({ url: '/api/chat' }).cancel).toBeUndefined()
  })
})
