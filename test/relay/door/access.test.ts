// Who may read and stop, over real sockets: by tokens, by tickets, by a hook, and by nobody's leave on loopback.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAccess } from '../../../src/relay/door/access.ts'
import type { RelayRequest } from '../../../src/relay/request.ts'
import {
  createRelay,
  memoryBackend,
  signToken,
  BackendUnavailableError,
  StopNotPermittedError,
} from '../../../src/relay/index.ts'
import type {
  Authorize,
  MemoryBackend,
  RelayOptions,
  TokenOptions,
} from '../../../src/relay/index.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'
import { openWs } from '../ws-client.ts'
import type { WsClient } from '../ws-client.ts'

const SECRET = 'a secret that is long enough for everybody'
const COMPLETED = '{"type": "status", "status": "completed"}'

let served: Served
let backend: MemoryBackend
let log: string[]
const touched: string[] = []

/** A backend that tells which of its streams was asked for. */
function watched(inner: MemoryBackend): MemoryBackend {
  const noting =
    <A extends readonly unknown[], R>(call: (id: string, ...rest: A) => R) =>
    (id: string, ...rest: A): R => {
      touched.push(id)
      return call(id, ...rest)
    }
  const { read, stat, stop, watch } = inner
  return {
    ...inner,
    read: noting(read),
    stat: noting(stat),
    stop: noting(stop),
    watch: noting(watch),
  }
}

async function start(options: Partial<RelayOptions> = { secret: SECRET }): Promise<void> {
  backend = memoryBackend()
  await backend.append('a', '0')
  await backend.append('a', COMPLETED)
  const note = (message: string): void => void log.push(message)
  const logger = { debug: note, info: note, warn: note }
  served = await serve({ backend: watched(backend), logger, ...options })
}

beforeEach(() => {
  log = []
  touched.length = 0
})
afterEach(() => served.close())

const token = (options: Partial<TokenOptions> = {}): string =>
  signToken(SECRET, { streams: ['a'], expiresInMs: 60_000, ...options })
const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` })

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly text: string
}

async function ask(path: string, headers = {}, method = 'GET'): Promise<Answer> {
  const response = await fetch(`${served.url}${path}`, { headers, method })
  const { status } = response
  const { date: _, ...rest } = Object.fromEntries(response.headers)
  return { status, headers: rest, text: await response.text() }
}

const codeOf = ({ text }: Answer): unknown => JSON.parse(text).error.code

describe('with a secret, a request', () => {
  it('reads what its token is for, and learns when its run is over', async () => {
    await start()
    const client = await served.view('a', bearer(token()))
    await client.ended
    expect(client.payloads()).toEqual(['0', COMPLETED])
    const prefix = bearer(token({ streams: ['other', 'a*'] }))
    expect((await ask('/v1/streams/a', prefix)).status).toBe(200)
    expect((await served.view('a', { authorization: `bearer  ${token()} ` })).status).toBe(200)
  })

  it.each([
    ['no token', () => ({})],
    ['another scheme', () => ({ authorization: `Basic ${token()}` })],
    ['a forged one', () => bearer(token().replace(/.$/, '!'))],
    [
      'one of another secret',
      () => bearer(signToken('x'.repeat(32), { streams: ['a'], expiresInMs: 60_000 })),
    ],
    ['an old one', () => bearer(token({ now: () => Date.now() - 120_000 }))],
    ['a ticket', () => bearer(token({ ticket: true }))],
    ['too much of one', () => bearer('x'.repeat(10_000))],
  ])('is 401 with %s, before anything is read', async (_, headers) => {
    await start()
    for (const path of ['/v1/streams/a/events', '/v1/streams/a', '/v1/streams/none/events']) {
      const answer = await ask(path, headers())
      expect([answer.status, codeOf(answer)]).toEqual([401, 'unauthorized'])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    expect((await ask('/v1/streams/a/stop', headers(), 'POST')).status).toBe(401)
    expect(touched).toEqual([])
  })

  it('is answered alike for a stream that is not its own, whether or not there is one, and for no id', async () => {
    await start()
    const mine = bearer(token({ streams: ['mine', 'b*'], rights: ['read', 'stop'] }))
    const reading = ['a', 'none', '..%2fa', 'x'.repeat(129), 'a%00'].flatMap((id) => [
      ask(`/v1/streams/${id}/events`, mine),
      ask(`/v1/streams/${id}`, mine),
      ask(`/v1/streams/${id}/stop`, mine, 'POST'),
    ])
    const answers = await Promise.all(reading)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]?.status).toBe(404)
    expect(touched).toEqual([])
  })

  it('may not read with a token that may only stop', async () => {
    await start()
    expect((await ask('/v1/streams/a', bearer(token({ rights: ['stop'] })))).status).toBe(404)
  })

  it('needs none to see whether the relay lives, and what time it is', async () => {
    await start()
    for (const path of ['/livez', '/readyz', '/v1/time']) {
      expect((await ask(path)).status).toBe(200)
    }
  })

  it('is answered under any Host, and by CORS to the origins named alone', async () => {
    await start({ secret: SECRET, corsOrigins: ['https://app.example'] })
    const from = async (origin: string): Promise<string | undefined> => {
      const { headers } = await ask('/v1/streams/a', { origin, ...bearer(token()) })
      return headers['access-control-allow-origin']
    }
    expect(await from('https://app.example')).toBe('https://app.example')
    for (const origin of ['http://localhost:3000', 'https://app.example:8443', 'null']) {
      expect(await from(origin)).toBeUndefined()
    }
  })
})

describe('a ticket', () => {
  const at = (ticket: string): string => `?ticket=${encodeURIComponent(ticket)}`

  it('reads from the query, as EventSource has to', async () => {
    await start()
    const client = await served.view('a', {}, at(token({ ticket: true })))
    await client.ended
    expect(client.payloads()).toEqual(['0', COMPLETED])
    const first = client.ids()[0] ?? ''
    const rest = await served.view('a', {}, `${at(token({ ticket: true }))}&after=${first}`)
    await rest.ended
    expect(rest.payloads()).toEqual([COMPLETED])
  })

  it('is no token, stops nothing, and is heard only where there is no token', async () => {
    await start()
    const ticket = at(token({ ticket: true, rights: ['read', 'stop'] }))
    expect((await ask(`/v1/streams/a${at(token())}`)).status).toBe(401)
    expect((await ask(`/v1/streams/a?token=${token()}`)).status).toBe(401)
    expect((await ask(`/v1/streams/a/stop${ticket}`, {}, 'POST')).status).toBe(403)
    expect((await ask(`/v1/streams/b${ticket}`)).status).toBe(404)
    expect((await ask(`/v1/streams/a${ticket}`, bearer('forged'))).status).toBe(401)
    expect(touched).toEqual([])
  })
})

describe('POST /v1/streams/{id}/stop', () => {
  const stop = (headers = {}): Promise<Answer> => ask('/v1/streams/a/stop', headers, 'POST')
  const mayStop = (): Record<string, string> => bearer(token({ rights: ['read', 'stop'] }))

  it('asks the store, with the right to', async () => {
    await start()
    expect(await stop(mayStop())).toMatchObject({ status: 202, text: '{"asked":true}\n' })
    expect(touched).toEqual(['a'])
    const readOnly = await stop(bearer(token()))
    expect([readOnly.status, codeOf(readOnly)]).toEqual([403, 'stop-not-permitted'])
    expect(touched).toEqual(['a'])
  })

  it.each([
    [403, 'stop-not-permitted', new StopNotPermittedError('NOPERM')],
    [503, 'backend-unavailable', new BackendUnavailableError('gone')],
    [503, 'backend-unavailable', new Error('OOM command not allowed')],
  ])('says %d %s when the store does', async (status, code, error) => {
    const inner = memoryBackend()
    await start({ secret: SECRET, backend: { ...inner, stop: () => Promise.reject(error) } })
    const answer = await stop(mayStop())
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
    expect(answer.text).not.toContain(error.message)
    // What the backend has not told itself. (One line is each request's own.)
    const told = error.message !== 'OOM command not allowed' ? [] : [`stop of a failed: ${error}`]
    expect(log.filter((line) => !line.startsWith('POST'))).toEqual(told)
  })

  it('takes no other method, and other routes take no POST', async () => {
    await start()
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status, headers } = await ask('/v1/streams/a/stop', mayStop(), method)
      expect([status, headers['allow']]).toEqual([405, 'POST, OPTIONS'])
    }
    for (const path of ['/v1/streams/a/events', '/v1/streams/a', '/v1/time']) {
      const { status, headers } = await ask(path, mayStop(), 'POST')
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
    expect(touched).toEqual([])
    const preflight = await ask('/v1/streams/a/stop', {}, 'OPTIONS')
    expect(preflight.headers['access-control-allow-methods']).toContain('POST')
  })

  it.each([
    ['a program', {}, 202],
    ['a page of this machine', { origin: 'http://localhost:5173' }, 202],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page like this machine', { origin: 'http://localhost.evil.example' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbour that hides its origin', { 'sec-fetch-site': 'same-site' }, 403],
    [
      'another site beside its origin',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      403,
    ],
    ['a name rebound to it', { host: 'evil.example', 'sec-fetch-site': 'same-origin' }, 403],
  ])('without a secret is open to %s: %j %d', async (_, headers, status) => {
    await start({})
    const { request } = await import('node:http')
    const answered = await new Promise((resolve, reject) => {
      const options = { method: 'POST', headers }
      request(`${served.url}/v1/streams/a/stop`, options, (response) => {
        resolve(response.resume().statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(answered).toBe(status)
    expect(touched).toEqual(status === 202 ? ['a'] : [])
  })

  it('with a secret is open to its own origin and those named', async () => {
    await start({ secret: SECRET, corsOrigins: ['https://app.example'] })
    const own = served.url.replace('http:', 'https:')
    for (const origin of ['https://app.example', served.url, own]) {
      expect((await stop({ origin, ...mayStop() })).status).toBe(202)
    }
    expect((await stop({ origin: 'http://localhost:1', ...mayStop() })).status).toBe(403)
  })
})

describe('with a secret, a WebSocket', () => {
  const code = (client: WsClient, stream: string): unknown => {
    const { event, data } = client.events(stream).at(-1) ?? { event: null, data: '{}' }
    return event === 'relay.error' ? JSON.parse(data).code : event
  }

  it('is opened without a token, and tells its streams apart', async () => {
    await start()
    const client = await openWs(served.url)
    client.send({ op: 'subscribe', stream: 'none' })
    client.send({ op: 'subscribe', stream: 'b', token: token() })
    client.send({ op: 'subscribe', stream: 'old', token: token({ now: () => 0 }) })
    client.send({ op: 'subscribe', stream: 'ticket', token: token({ ticket: true }) })
    await client.until(() => ['none', 'b', 'old', 'ticket'].every((id) => client.text(id)))
    expect(['none', 'b', 'old', 'ticket'].map((id) => code(client, id))).toEqual([
      'unauthorized',
      'not-found',
      'unauthorized',
      'unauthorized',
    ])
    expect(touched).toEqual([])
    client.send({ op: 'subscribe', stream: 'a', token: token() })
    await client.until(() => code(client, 'a') === 'relay.end')
    expect(client.payloads('a')).toEqual(['0', COMPLETED])
    client.send({ op: 'subscribe', stream: 'none', token: token({ streams: ['none'] }) })
    await client.until(() => code(client, 'none') === 'relay.caught-up')
    client.ws.close()
  })

  it('takes the token of its upgrade, and one that it was told once', async () => {
    await start()
    const program = await openWs(served.url, bearer(token()))
    program.send({ op: 'subscribe', stream: 'a' })
    await program.until(() => code(program, 'a') === 'relay.end')
    const page = await openWs(served.url)
    page.send({ op: 'auth', token: token() })
    page.send({ op: 'subscribe', stream: 'a' })
    await page.until(() => code(page, 'a') === 'relay.end')
    page.send({ op: 'auth' })
    expect(await page.closed).toBe(1008)
    program.ws.close()
  })

  it('is refused to origins that are not named', async () => {
    await start({ secret: SECRET, corsOrigins: ['https://app.example'] })
    const foreign = openWs(served.url, { origin: 'http://localhost:3000' })
    await expect(foreign).rejects.toThrow('403')
    for (const origin of ['https://app.example', served.url]) {
      const client = await openWs(served.url, { origin })
      client.ws.close()
    }
  })

  it('is closed when for 15 s it has no stream', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await start()
      const idle = await openWs(served.url)
      const refused = await openWs(served.url)
      refused.send({ op: 'subscribe', stream: 'a' })
      const served1 = await openWs(served.url)
      served1.send({ op: 'subscribe', stream: 'c', token: token({ streams: ['c'] }) })
      await refused.until(() => refused.text('a') !== '')
      await served1.until(() => served1.text('c') !== '')
      vi.advanceTimersByTime(14_999)
      expect(served.relay.stats().sockets).toBe(3)
      vi.advanceTimersByTime(1)
      expect([await idle.closed, await refused.closed]).toEqual([4408, 4408])
      expect(served1.ws.readyState).toBe(served1.ws.OPEN)
      served1.send({ op: 'unsubscribe', stream: 'c' })
      served1.send({ op: 'subscribe', stream: 'a' })
      await served1.until(() => served1.text('a') !== '')
      vi.advanceTimersByTime(14_999)
      expect(served.relay.stats().sockets).toBe(1)
      vi.advanceTimersByTime(1)
      expect(await served1.closed).toBe(4408)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('authorize', () => {
  const by = (authorize: Authorize): Promise<void> => start({ authorize })

  it('decides by what it is told, and is asked before anything is read', async () => {
    const asked: unknown[] = []
    await by((request, target) => {
      asked.push([request.token, request.header('cookie'), request.query.get('x'), target])
      if (request.token === null) return 'unauthorized'
      if (target.stream !== 'a') return 'not-found'
      return target.right === 'stop' ? 'stop-not-permitted' : { untilMs: null }
    })
    const mine = { ...bearer('mine'), cookie: 'session=1' }
    expect((await ask('/v1/streams/a')).status).toBe(401)
    expect((await ask('/v1/streams/b', mine)).status).toBe(404)
    expect((await ask('/v1/streams/a/stop', mine, 'POST')).status).toBe(403)
    expect(asked.at(-1)).toEqual(['mine', 'session=1', null, { stream: 'a', right: 'stop' }])
    expect(touched).toEqual([])
    expect((await ask('/v1/streams/a/events?x=1', mine)).status).toBe(200)
    expect(asked.at(-1)).toEqual(['mine', 'session=1', '1', { stream: 'a', right: 'read' }])
    const client = await openWs(served.url)
    client.send({ op: 'subscribe', stream: 'a', token: 'said' })
    await client.until(() => client.text('a').includes('relay.end'))
    expect(asked.at(-1)).toEqual(['said', undefined, null, { stream: 'a', right: 'read' }])
    client.ws.close()
  })

  it('grants nothing by a time that is over', async () => {
    await by(() => ({ untilMs: Date.now() - 1 }))
    expect((await ask('/v1/streams/a/events')).status).toBe(401)
    expect((await ask('/v1/streams/a/stop', {}, 'POST')).status).toBe(401)
    const client = await openWs(served.url)
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('"unauthorized"'))
    client.ws.close()
    expect(touched).toEqual([])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('for mine, session=1')
      },
    ],
    ['rejects', () => Promise.reject(new Error('for mine'))],
    ['rejects with what is no error', () => Promise.reject('mine')],
    ['gives nothing', () => undefined],
    ['gives null', () => null],
    ['gives true', () => true],
    ['gives another word', () => 'yes'],
    ['gives half a grant', () => ({})],
    ['gives a time that is none', () => ({ untilMs: Number.NaN })],
  ])('grants nothing when it %s, and tells the log no credentials', async (_, hook) => {
    await by(hook as Authorize)
    const headers = { ...bearer('mine'), cookie: 'session=1' }
    const answer = await ask('/v1/streams/a/events?ticket=mine', headers)
    expect([answer.status, codeOf(answer)]).toEqual([500, 'internal'])
    const client = await openWs(served.url, headers)
    client.send({ op: 'subscribe', stream: 'a', token: 'mine' })
    await client.until(() => client.text('a').includes('backend-unavailable'))
    client.send({ op: 'auth', token: 'mine' })
    client.ws.close()
    expect(touched).toEqual([])
    expect(log.filter((line) => line.includes('authorize'))).toHaveLength(2)
    expect(log.join() + answer.text + client.text('a')).not.toMatch(/mine|session/)
  })

  it('is waited for 10 s, and no longer', async () => {
    vi.useFakeTimers()
    try {
      const ask = vi.fn<Authorize>().mockResolvedValueOnce({ untilMs: null })
      ask.mockReturnValue(new Promise(() => {}))
      const { check } = createAccess({ secret: [], authorize: ask, addressOf: () => null })
      const request = { query: new URLSearchParams(), header: () => undefined } as unknown
      await check(request as RelayRequest, 't', 'a', 'read')
      expect(vi.getTimerCount()).toBe(0)
      const answer = check(request as RelayRequest, 't', 'a', 'read').catch(String)
      let settled = false
      void answer.then(() => (settled = true))
      await vi.advanceTimersByTimeAsync(9999)
      expect(settled).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(await answer).toContain('within 10000 ms')
    } finally {
      vi.useRealTimers()
    }
    await start()
  })
})

describe('createRelay', () => {
  const make = (options: Partial<RelayOptions>) => () =>
    createRelay({ backend: memoryBackend(), ...options })

  it.each<[Partial<RelayOptions>, string]>([
    [{ secret: '' }, 'a secret of at least 32 bytes, got 0'],
    [{ secret: ['x'.repeat(32), 'short'] }, 'got 5'],
    [{ secret: SECRET, authorize: () => 'not-found' }, 'got both'],
    [{ corsOrigins: ['*'] }, 'corsOrigins: expected scheme://host[:port], got "*"'],
    [{ corsOrigins: ['null'] }, 'got "null"'],
    [{ corsOrigins: ['https://app.example/'] }, 'got "https://app.example/"'],
    [{ corsOrigins: ['https://*.example'] }, 'got "https://*.example"'],
    [{ corsOrigins: ['https://app.example:443'] }, 'got'],
    [{ corsOrigins: ['https://App.example'] }, 'got'],
    [{ corsOrigins: ['app.example'] }, 'got'],
    [{ trustProxy: ['loopback'] }, 'trustProxy'],
    [{ maxConnections: -1 }, 'maxConnections: expected a count'],
    [{ maxViewersPerStream: 1.5 }, 'maxViewersPerStream'],
    [{ maxConnectionsPerAddress: Number.NaN }, 'maxConnectionsPerAddress'],
  ])('refuses %j', async (options, message) => {
    await start()
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(message)
  })

  it.each([
    [undefined, 'got none'],
    [{}, 'got none'],
    [{ backend: 'redis://127.0.0.1' }, 'got string'],
  ])('says what is missing in %j, before anything has begun', (options, message) => {
    const create = () => createRelay(options as unknown as RelayOptions)
    expect(create).toThrow(TypeError)
    expect(create).toThrow(message)
  })

  it('takes origins of any scheme that a browser sends', async () => {
    const origins = ['capacitor://localhost', 'http://[::1]:3000', 'chrome-extension://abcdef']
    await start({ secret: SECRET, corsOrigins: origins })
    for (const origin of origins) {
      const { headers } = await ask('/livez', { origin })
      expect(headers['access-control-allow-origin']).toBe(origin)
    }
  })
})

describe('what is secret', () => {
  it('is in no log and no answer, whatever goes wrong', async () => {
    const inner = memoryBackend()
    const broken = { ...inner, read: () => Promise.reject(new Error('broken')) }
    await start({ secret: SECRET, backend: { ...broken, stat: broken.read } })
    const ticket = token({ ticket: true })
    const [, , signature = ''] = ticket.split('.')
    const answers = await Promise.all([
      ask(`/v1/streams/a?ticket=${ticket}`),
      ask(`/v1/streams/b?ticket=${ticket}`),
      ask(`/v1/streams/a/events?ticket=${ticket}&after=${ticket}`),
      ask(`/v1/streams/a/events?ticket=${ticket}x`),
      ask('/v1/streams/a/events', { ...bearer(token()), 'last-event-id': ticket }),
      ask(`/v1/ws?ticket=${ticket}`),
      ask(`/v1/streams/a?ticket=${ticket}`, {}, 'DELETE'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([503, 404, 400, 401, 400, 426, 405])
    const told = [...log, ...answers.map(({ text, headers }) => text + JSON.stringify(headers))]
    expect(told.join()).not.toContain(signature)
    expect(told.join()).not.toMatch(/ticket=/)
    expect(JSON.stringify(served.relay.stats())).not.toContain(signature)
  })
})
