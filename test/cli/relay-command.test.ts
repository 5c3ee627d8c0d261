// `framewise relay` as an operator runs it: its ports, its log, and what never gets there.
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { signToken } from '../../src/relay/index.ts'
import { openSse } from '../relay/sse-client.ts'
import { freePort } from '../support/redis-server.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const started: Cli[] = []
afterEach(async () => {
  for (const cli of started.splice(0)) {
    cli.process.kill('SIGKILL')
    await cli.ended
  }
})

async function start(args: readonly string[], env: Record<string, string> = {}) {
  const cli = startCli(['relay', ...args], { PORT: '0', ...env })
  started.push(cli)
  return { cli, url: urlIn(await cli.line(/^framewise relay on/)) }
}

describe('ports', () => {
  const statusesOf = (url: string): Promise<number[]> =>
    Promise.all(
      ['/metrics', '/livez', '/readyz', '/v1/time'].map(
        async (path) => (await fetch(url + path)).status,
      ),
    )

  it('has metrics and health beside the streams', async () => {
    const { url } = await start([])
    expect(await statusesOf(url)).toEqual([200, 200, 200, 200])
    const answer = await fetch(`${url}/metrics`)
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await answer.text()).toContain('\nrelay_ready 1\n')
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405)
  })

  it('has metrics and health on a port of their own, and nothing else there', async () => {
    const { cli, url } = await start([], { FRAMEWISE_ADMIN_PORT: '0' })
    const admin = urlIn(await cli.line(/^metrics on/)).replace('/metrics', '')
    expect(await statusesOf(url)).toEqual([404, 200, 200, 200])
    expect(await statusesOf(admin)).toEqual([200, 200, 200, 404])
    const ws = new WebSocket(`${admin.replace('http', 'ws')}/v1/ws`, 'framewise.v1')
    expect(String((await once(ws, 'error'))[0])).toContain('404')
    cli.process.kill('SIGTERM')
    expect((await cli.ended).code).toBe(0)
  })

  it('lets no foreign name read metrics of a relay that only this machine can reach', async () => {
    const { url } = await start([])
    const { createConnection } = await import('node:net')
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
    socket.end('GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    expect(answer).toMatch(/^HTTP\/1.1 403 /)
  })

  it('names an admin port that is taken, and exits with 1', async () => {
    const { url } = await start([])
    const { code, stderr } = await runCli(['relay', '--admin-port', new URL(url).port], {
      PORT: '0',
    })
    expect(stderr).toContain(`port ${new URL(url).port} on 127.0.0.1 is taken`)
    expect(stderr).toContain('choose another port with --admin-port N or FRAMEWISE_ADMIN_PORT=N')
    expect(code).toBe(1)
  })

  it('refuses one port for both, before it listens, and exits with 2', async () => {
    const port = String(await freePort())
    const { code, stderr } = await runCli(['relay', '--admin-port', port], { PORT: port })
    expect(stderr).toContain(`--admin-port and --port are both ${port}`)
    expect(code).toBe(2)
  })
})

describe('flags', () => {
  it('lists all mistakes of a configuration at once, whichever way it came, and exits with 2', async () => {
    const args = ['--max-conections', '3', '--drain-ms', '-1', '--keys', 'list=no-id', 'stray']
    const env = { FRAMEWISE_RING_BYTES: '1.5', HOST: '0.0.0.0', FRAMEWISE_TRUST_PROXY: 'all' }
    const { code, stdout, stderr } = await runCli(['relay', ...args], env)
    expect([code, stdout]).toEqual([2, ''])
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toEqual([
      'framewise: 7 mistakes:',
      '  there is no --max-conections; did you mean --max-connections?',
      '  "stray" belongs to no flag',
      '  --keys: list must say where the id of a stream goes, by {id}; got "no-id"',
      '  FRAMEWISE_TRUST_PROXY: expected addresses as 10.0.0.0/8, got "all"',
      '  FRAMEWISE_RING_BYTES must be a whole number, got 1.5',
      '  --drain-ms must be a number from 0 to 2147483647, got "-1"',
      expect.stringContaining('host "0.0.0.0" is not loopback'),
      'see framewise relay --help',
    ])
  })

  it('reach the relay', async () => {
    const { url } = await start(['--max-viewers-per-stream', '1'], {
      FRAMEWISE_HEARTBEAT_MS: '7000',
    })
    const viewer = await openSse(`${url}/v1/streams/a/events`)
    await viewer.until(({ events }) => events().length > 0)
    expect(viewer.events()[0]?.data).toContain('"heartbeatMs":7000')
    expect((await fetch(`${url}/v1/streams/a/events`)).status).toBe(503)
    viewer.close()
  })
})

describe('log', () => {
  it.each(['text', 'json'])(
    'has a line per connection at debug, and no secret (%s)',
    async (format) => {
      const secret = 'hidden-'.repeat(6)
      const redis = `redis://me:hidden-password@127.0.0.1:${await freePort()}`
      const flags = ['--log-level', 'debug', '--log-format', format]
      const { cli, url } = await start(flags, { FRAMEWISE_SECRET: secret, REDIS_URL: redis })
      const token = signToken(secret, { streams: ['*'], expiresInMs: 60_000 })
      const ticket = signToken(secret, { streams: ['*'], expiresInMs: 60_000, ticket: true })
      const asked = [
        fetch(`${url}/v1/streams/a?ticket=${ticket}`),
        fetch(`${url}/v1/streams/b`, { headers: { authorization: `Bearer ${token}` } }),
        fetch(`${url}/v1/streams/c`, { headers: { cookie: 'session=hidden-session' } }),
        fetch(`${url}/nowhere?token=${token}`),
      ]
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      expect(statuses).toEqual([503, 503, 401, 404]) // there is no Redis
      const ws = new WebSocket(
        `${url.replace('http', 'ws')}/v1/ws?ticket=${ticket}`,
        'framewise.v1',
      )
      await once(ws, 'open')
      ws.send(JSON.stringify({ op: 'auth', token }))
      ws.send(JSON.stringify({ op: 'subscribe', stream: 'd', token }))
      await once(ws, 'message')
      ws.close()
      await cli.line(/WebSocket from 127.0.0.1: 101/)
      await cli.line(/cannot be reached/)
      cli.process.kill('SIGTERM')
      const { code, stdout, stderr } = await cli.ended
      expect(code).toBe(0)
      expect(stderr).toMatch(/GET \/v1\/streams\/a from 127.0.0.1: 503/)
      expect(stderr).toMatch(/GET \/v1\/streams\/c from 127.0.0.1: 401/)
      for (const hidden of ['hidden', token, ticket, token.slice(-20), 'session=']) {
        expect(stdout + stderr).not.toContain(hidden)
      }
      const lines = stderr.trimEnd().split('\n')
      if (format === 'json') {
        for (const line of lines) {
          expect(JSON.parse(line)).toMatchObject({
            level: expect.any(String),
            msg: expect.any(String),
          })
        }
      } else expect(lines.filter((line) => line.startsWith('debug: '))).not.toEqual([])
    },
  )
})
