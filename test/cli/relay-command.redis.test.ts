// `framewise relay` on real servers of every kind: what its flags say reaches Redis, and its metrics tell of it.
import { afterEach, expect, it, onTestFinished } from 'vitest'
import { createClient } from '@redis/client'
import { startSentinelSet } from '../chaos/sentinel-set.ts'
import { openSse } from '../relay/sse-client.ts'
import { startRedisCluster } from '../support/redis-cluster.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import { startRedis } from '../support/redis-server.ts'
import { startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const EVENT = '{"type":"TEXT_MESSAGE_CONTENT","delta":"four"}'

const started: Cli[] = []
afterEach(async () => {
  for (const cli of started.splice(0)) {
    cli.process.kill('SIGKILL')
    await cli.ended
  }
})

async function start(...args: string[]): Promise<{ cli: Cli; url: string }> {
  const cli = startCli(['relay', '--port', '0', ...args])
  started.push(cli)
  const url = urlIn(await cli.line(/^framewise relay on/))
  await expect
    .poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 10_000 })
    .toBe(200)
  return { cli, url }
}

async function connectionsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^relay_redis_connections (\d+)$/m.exec(text)?.[1])
}

/** What a viewer gets of one event that is written while it looks. */
async function seen(url: string, write: () => Promise<unknown>): Promise<string[]> {
  const viewer = await openSse(`${url}/v1/streams/run/events`)
  await viewer.until(({ events }) => events().some(({ event }) => event === 'relay.caught-up'))
  await write()
  await viewer.until(({ payloads }) => payloads().length > 0)
  viewer.close()
  return viewer.payloads()
}

it('reads own names of a single server, over two connections, and tells at debug what it does', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const client = await createClient({ url: redis.url }).connect()
  onTestFinished(() => client.destroy())
  const keys = ['--keys', 'list=runs:{id}:events', '--keys', 'doorbell=runs:{id}:bell']
  const { cli, url } = await start('--redis', redis.url, ...keys, '--log-level', 'debug')
  expect(await seen(url, () => client.rPush('runs:run:events', EVENT))).toEqual([EVENT])
  expect(await connectionsOf(url)).toBe(2)
  await cli.line(/^debug: lrange \d+\.\d ms for \d+ items$/)
  await cli.line(/^debug: chunk 4 chars$/)
})

it.each([
  ['a wrong password', ':wrong@', 'refuses the password or the user: WRONGPASS'],
  ['none', '', 'wants a password; write redis://:password@'],
])('ends at once with %s, since no waiting mends it', async (_, user, words) => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const client = await createClient({ url: redis.url }).connect()
  await client.configSet('requirepass', 'right')
  client.destroy()
  const url = `redis://${user}127.0.0.1:${redis.port}`
  const { code, stdout, stderr } = await startCli(['relay', '--port', '0', '--redis', url]).ended
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(words)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

it('ends at once where there is no such database', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const { code, stderr } = await startCli(['relay', '--port', '0', '--redis', `${redis.url}/99`])
    .ended
  expect(code).toBe(1)
  expect(stderr).toMatch(/^framewise: [^\n]+ refuses: ERR [^\n]+; check REDIS_URL[^\n]*\n$/)
})

it('ends with a wrong password also where Redis is slow to say so', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const client = await createClient({ url: redis.url }).connect()
  await client.configSet('requirepass', 'right')
  client.destroy()
  const wire = await startMutedWire(redis.port, 1500)
  onTestFinished(() => wire.close())
  const cli = startCli(['relay', '--port', '0', '--redis', `redis://:wrong@127.0.0.1:${wire.port}`])
  started.push(cli)
  await cli.line(/refuses the password or the user: WRONGPASS/)
  expect(await cli.ended).toMatchObject({ code: 1, stdout: '' })
})

it('says what may be wrong where a Redis without TLS is asked for it', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const cli = startCli(['relay', '--port', '0', '--redis', `rediss://127.0.0.1:${redis.port}`])
  started.push(cli)
  const said = await cli.line(/^(warn: cannot reach|framewise relay on)/)
  expect(said).toContain('if it speaks no TLS there, write redis://')
  await cli.line(/^framewise relay on/)
})

it('waits for a Redis that is not there, and says so', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  await redis.kill()
  const cli = startCli(['relay', '--port', '0', '--redis', redis.url])
  started.push(cli)
  const url = urlIn(await cli.line(/^framewise relay on/))
  await cli.line(/cannot be reached/)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  await redis.start()
  await expect
    .poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 10_000 })
    .toBe(200)
})

it('reads from a cluster', async () => {
  const cluster = await startRedisCluster()
  onTestFinished(() => cluster.stop())
  const { url } = await start('--redis', cluster.urls.join(','), '--cluster')
  const nodes = cluster.nodes.map((_, node) => node)
  const write = (): Promise<unknown> =>
    Promise.any(nodes.map((node) => cluster.ask(node, 'RPUSH', 'agent_run:run:responses', EVENT)))
  expect(await seen(url, write)).toEqual([EVENT])
})

it('asks Sentinels for the master, with their own password', async () => {
  const set = await startSentinelSet()
  onTestFinished(() => set.stop())
  const sentinel = await createClient({ url: `redis://127.0.0.1:${set.sentinelPort}` }).connect()
  await sentinel.sendCommand(['ACL', 'SETUSER', 'default', 'resetpass', '>sesame'])
  sentinel.destroy()
  const named = ['--sentinel', `${set.name}@127.0.0.1:${set.sentinelPort}`]
  const { cli, url } = await start(...named, '--sentinel-password', 'sesame')
  const client = await createClient({ url: `redis://127.0.0.1:${set.masterPort()}` }).connect()
  onTestFinished(() => client.destroy())
  expect(await seen(url, () => client.rPush('agent_run:run:responses', EVENT))).toEqual([EVENT])
  await cli.line(new RegExp(`\\(redis ${set.name}\\)$`))
})
