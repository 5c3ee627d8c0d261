// The way to Redis itself: TLS, options of an injected client, and a Redis that hangs with its sockets open.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { connect as dial, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { expect, it, vi } from 'vitest'
import { redisBackend } from '../../../src/relay/index.ts'
import type { Backend } from '../../../src/relay/index.ts'
import { freePort, startRedis } from '../../support/redis-server.ts'

const all = { limit: 10, follow: false }
const ready = (backend: Backend, is: boolean, ms = 5000): Promise<void> =>
  vi.waitFor(() => expect(backend.isReady()).toBe(is), ms)

it('speaks TLS, by url and by the options of an injected client, and trusts nobody unknown', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'framewise-tls-'))
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(dir, name))
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['-nodes', '-keyout', key ?? '', '-out', cert ?? '', '-days', '1']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...made, ...subject], {
    stdio: 'ignore',
  })
  const port = await freePort()
  const files = ['--tls-cert-file', cert ?? '', '--tls-key-file', key ?? '']
  const tls = ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no']
  const redis = await startRedis({
    args: [...tls, '--user', 'tls', 'on', '>pw', '~*', '&*', '+@all'],
  })
  const ca = readFileSync(cert ?? '')
  const url = `rediss://tls:pw@localhost:${port}`
  const client = createClient({ url, socket: { tls: true, ca } })
  await client.connect()
  await client.rPush('agent_run:tls:responses', 'x')

  const warn = vi.fn<(message: string) => void>()
  const stranger = redisBackend({ url, logger: { info: () => {}, warn } })
  const backend = redisBackend({ client })
  await ready(backend, true)
  expect((await backend.read('tls', null, all)).entries).toHaveLength(1)
  // The stranger knocks again and again: only who came in counts.
  const inside = (await client.clientList()).filter(({ user }) => user === 'tls')
  expect(inside).toHaveLength(3)
  await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 5000)
  expect(warn.mock.calls[0]?.[0]).toMatch(/SELF_SIGNED|certificate/i)
  await stranger.close()
  await backend.close()
  client.destroy()
  await redis.stop()
  rmSync(dir, { recursive: true })
})

it('reads where an injected client is, under its name, and leaves that client alone', async () => {
  const redis = await startRedis()
  const client = createClient({
    url: redis.url,
    database: 4,
    name: 'injected',
    clientSideCache: {},
  })
  await client.connect()
  await client.rPush('agent_run:a:responses', 'x')
  const backend = redisBackend({ client })
  await ready(backend, true)
  expect((await backend.read('a', null, all)).entries).toHaveLength(1)
  await backend.close()
  expect(await client.ping()).toBe('PONG')
  client.destroy()
  await redis.stop()
})

it('does not come back once it was closed by who heard of the outage', async () => {
  const server = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const told = Promise.withResolvers<void>()
    const warn = (): void => {
      void backend.close()
      told.resolve()
    }
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
    const backend = redisBackend({ url, logger: { info: () => {}, warn } })
    await told.promise
    await new Promise((resolve) => setImmediate(resolve))
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
    server.close()
  }
})

it('notices a Redis that hangs, and is back when it goes on', { timeout: 60_000 }, async () => {
  const redis = await startRedis()
  const backend = redisBackend({ url: redis.url })
  await ready(backend, true)
  redis.signal('SIGSTOP')
  await ready(backend, false, 20_000)
  redis.signal('SIGCONT')
  await ready(backend, true, 15_000)
  expect(backend.info().reconnects).toBe(1)
  await backend.close()
  await redis.stop()
})

it('notices a proxy that swallows all, by either connection', { timeout: 60_000 }, async () => {
  const redis = await startRedis()
  let opened = 0
  let swallows: (connection: number) => boolean = () => false
  const sockets: Socket[] = []
  const proxy = createServer((near) => {
    const connection = opened++
    const far = dial(redis.port, '127.0.0.1')
    sockets.push(near, far)
    for (const socket of [near, far]) socket.on('error', () => {})
    near.on('data', (data) => void (swallows(connection) || far.write(data)))
    far.on('data', (data) => void (swallows(connection) || near.write(data)))
    near.on('close', () => far.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const backend = redisBackend({
    url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  })
  await ready(backend, true)
  swallows = (connection) => connection < 2 && connection === opened - 1 // the later one alone
  await ready(backend, false, 30_000)
  swallows = () => false
  await ready(backend, true, 10_000)
  await backend.close()
  for (const socket of sockets) socket.destroy()
  proxy.close()
  await redis.stop()
})

/** A server that takes a while to load what it holds, and answers LOADING meanwhile. */
async function slowToLoad() {
  const slow = ['--key-load-delay', '3000', '--loading-process-events-interval-bytes', '1024']
  const redis = await startRedis({ args: [...slow, '--enable-debug-command', 'yes'] })
  const client = await createClient({ url: redis.url }).connect()
  client.on('error', () => {}) // it is killed
  await client.rPush('agent_run:a:responses', 'x')
  await Promise.all(Array.from({ length: 500 }, (_, n) => client.set(`k${n}`, 'x'.repeat(200))))
  return { redis, client }
}

it('is back once Redis has loaded what it holds, and not before', async () => {
  const { redis, client } = await slowToLoad()
  const backend = redisBackend({ url: redis.url })
  await ready(backend, true)
  await client.sendCommand(['SAVE'])
  client.destroy()
  await redis.kill()
  await ready(backend, false)
  const started = redis.start()
  await ready(backend, true, 10_000)
  expect((await backend.read('a', null, all)).entries).toHaveLength(1)
  await started
  await backend.close()
  await redis.stop()
})

it('is away while Redis loads with its connections open, and back by itself', async () => {
  const { redis, client } = await slowToLoad()
  const onChange = vi.fn<() => void>()
  const backend = redisBackend({ url: redis.url })
  await ready(backend, true)
  const watch = backend.watch('a', onChange)
  await watch.ready
  const loaded = client.sendCommand(['DEBUG', 'RELOAD'])
  await vi.waitFor(() => expect(backend.read('a', null, all)).rejects.toThrow('went away'), 5000)
  expect(backend.isReady()).toBe(false)
  onChange.mockClear()
  await loaded
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), 5000)
  expect(backend.isReady()).toBe(true)
  expect((await backend.read('a', null, all)).entries).toHaveLength(1)
  watch.close()
  await backend.close()
  client.destroy()
  await redis.stop()
})
