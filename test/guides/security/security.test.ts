// What docs/security.md shows, against a relay on a real socket and keys of a real identity provider's shape.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryBackend } from 'framewise/relay'
import type { RelayOptions } from 'framewise/relay'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '../../relay/serve.ts'
import type { Served } from '../../relay/serve.ts'
import { byIdentityProvider } from './identity-provider.ts'
import { openRun } from './page.ts'
import { bySession } from './session.ts'

const SECRET = 'a secret that is long enough for everybody'

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.resetModules()
  for (const close of closing.splice(0)) await close()
})

async function start(options: Partial<RelayOptions>): Promise<Served> {
  const backend = memoryBackend()
  await backend.append('mine', '{"type":"RUN_STARTED","threadId":"t","runId":"mine"}')
  await backend.append('mine', '{"type":"RUN_FINISHED","threadId":"t","runId":"mine"}')
  const served = await serve({ backend, ...options })
  closing.push(served.close)
  return served
}

async function statusOf(url: string, headers = {}, method = 'GET'): Promise<number> {
  const response = await fetch(url, { headers, method })
  await response.body?.cancel()
  return response.status
}

describe('a backend', () => {
  it('mints what its pages read with, and what EventSource needs', async () => {
    vi.stubEnv('FRAMEWISE_SECRET', SECRET)
    const { mintTicket, mintToken } = await import('./mint.ts')
    const { url } = await start({ secret: SECRET })
    const headers = { authorization: `Bearer ${mintToken('mine')}` }
    expect(await statusOf(`${url}/v1/streams/mine`, headers)).toBe(200)
    expect(await statusOf(`${url}/v1/streams/mine/stop`, headers, 'POST')).toBe(202)
    const ticket = mintTicket('mine')
    expect(await statusOf(`${url}/v1/streams/mine/events?ticket=${ticket}`)).toBe(200)
    const plain = globalThis.fetch
    const paths: string[] = []
    vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
      paths.push(path)
      if (path.startsWith('/api/')) return Promise.resolve(new Response(mintToken('mine')))
      return plain(new URL(path, url), init)
    })
    const run = openRun('mine')
    run.connect()
    await expect.poll(() => run.store.getState().status).toBe('finished')
    run.close()
    expect(paths).toEqual(['/api/runs/mine/token', '/v1/streams/mine/events'])
  })
})

describe('an identity provider', () => {
  it('says who may read, by RS256 alone; where it is away nobody is let in or turned away', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
    const provider = createServer(
      (_, response) => void response.end(JSON.stringify({ keys: [jwk] })),
    )
    provider.listen(0, '127.0.0.1')
    await once(provider, 'listening')
    const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    const sign = (claims: object, key: CryptoKey | Uint8Array = privateKey, alg = 'RS256') =>
      new SignJWT({ runs: ['mine'], aud: 'chat', iss: issuer, ...claims })
        .setProtectedHeader({ alg, kid: 'k1' })
        .setExpirationTime('1h')
        .sign(key)
    const { url } = await start({ authorize: byIdentityProvider(issuer) })
    const ask = async (token: string, path = '', method = 'GET'): Promise<number> =>
      statusOf(`${url}/v1/streams/mine${path}`, { authorization: `Bearer ${token}` }, method)
    const good = await sign({})
    expect(await ask(good)).toBe(200)
    expect(await ask(good, '/stop', 'POST')).toBe(403)
    expect(await ask(await sign({ runs: ['other'] }))).toBe(404)
    expect(await ask(await sign({ aud: 'billing' }))).toBe(401)
    expect(await ask('nonsense')).toBe(401)
    const confused = new TextEncoder().encode(await exportSPKI(publicKey))
    expect(await ask(await sign({}, confused, 'HS256'))).toBe(401)
    expect(await statusOf(`${url}/v1/streams/mine`)).toBe(401)
    provider.closeAllConnections()
    provider.close()
    const away = await start({ authorize: byIdentityProvider(issuer) })
    const headers = { authorization: `Bearer ${good}` }
    expect(await statusOf(`${away.url}/v1/streams/mine`, headers)).toBe(500)
  })
})

describe('a session', () => {
  it('reads its own runs', async () => {
    const runsOf = (id: string) => Promise.resolve(id === 's-1' ? ['mine'] : null)
    const { url } = await start({ authorize: bySession(runsOf) })
    const ask = (stream: string, cookie: string): Promise<number> =>
      statusOf(`${url}/v1/streams/${stream}`, { cookie })
    expect(await ask('mine', 'theme=dark; session=s-1')).toBe(200)
    expect(await ask('other', 'session=s-1')).toBe(404)
    expect(await ask('mine', 'session=s-2')).toBe(401)
    expect(await ask('mine', '')).toBe(401)
  })
})
