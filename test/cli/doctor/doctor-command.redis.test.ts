// The command as its users run it: what it prints, how it ends, and what it sends.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_BUDGET } from '../../../src/cli/doctor/asker.ts'
import { CHECK_IDS } from '../../../src/cli/doctor/finding.ts'
import { freePort, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { runCli } from '../run-cli.ts'
import { connected, plantList, plantStream } from './planted.ts'
import type { TestClient } from './planted.ts'

let redis: RedisServer
let client: TestClient
beforeAll(async () => {
  redis = await startRedis({ appendonly: true })
  client = await connected(redis.url)
  await plantStream(client, 'well')
  await plantStream(client, 'tiny', { chars: 1 })
  await client.sendCommand('ACL SETUSER known on >right ~* &* +@all'.split(' '))
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

const doctor = (...args: string[]) => runCli(['doctor', ...args], { REDIS_URL: redis.url })

describe('framewise doctor', () => {
  it('prints one object with --json, and exits with 0 where nothing is poor', async () => {
    const { code, stdout, stderr } = await doctor('--stream', 'well', '--json')
    const { verdict, checks, stream } = JSON.parse(stdout) as Record<string, unknown>
    expect(code).toBe(0)
    expect(verdict).toEqual({ code: 'healthy', text: expect.any(String) })
    expect((checks as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(
      CHECK_IDS.toSorted(),
    )
    expect(stream).toMatchObject({ id: 'well', layout: 'suna-stream', protocol: 'ag-ui' })
    expect(stderr).toContain('measuring round trips')
  })

  it('prints a table of 80 columns without colours into a pipe, and exits with 1', async () => {
    const { code, stdout } = await doctor('--stream', 'tiny')
    expect(code).toBe(1)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/^ {2}poor +chunk-size +1 characters, median$/m)
    expect(stdout).toMatch(/^1\. chunk-size: Join chunks at the writer/m)
    expect(stdout).toContain(`of ${COMMAND_BUDGET} at most`)
  })

  it('writes nothing, sends no KEYS, and stays within its budget', async () => {
    for (let n = 0; n < 60; n++) await plantList(client, `one-of-many-${n}`)
    for (let n = 0; n < 400; n++) {
      const keys = Array.from({ length: 100 }, (_, at) => [`other:${n}:${at}`, '1'] as const)
      await client.mSet(Object.fromEntries(keys))
    }
    await client.sendCommand(['CONFIG', 'RESETSTAT'])
    const { code } = await doctor('--stream', 'well')
    const calls = [...(await client.info('commandstats')).matchAll(/cmdstat_([^:]+):calls=(\d+)/g)]
    const sent = calls.map(([, name = '', count]) => ({ name, count: Number(count) }))
    const names = sent.map(({ name }) => name)
    expect(code).toBe(0)
    expect(names).toContain('scan')
    expect(names).not.toContain('keys')
    expect(names.filter((name) => /^(publish|spublish|eval|fcall)/.test(name))).toEqual([])
    const told = (await client.sendCommand(['COMMAND'])) as [string, number, string[]][]
    const writes = new Set(
      told.filter(([, , flags]) => [...flags].includes('write')).map(([name]) => name),
    )
    expect(writes.has('rpush')).toBe(true)
    expect(names.filter((name) => writes.has(name))).toEqual([])
    const total = sent.reduce((sum, { count }) => sum + count, 0)
    expect(total).toBeGreaterThan(200)
    expect(total).toBeLessThanOrEqual(COMMAND_BUDGET)
  })
})

describe('framewise doctor, when something is wrong', () => {
  const sentence = /^framewise: [^\n]+\n$/

  it.each([
    [2, ['--strem', 'a'], /there is no --strem; did you mean --stream\?.*doctor --help/],
    [2, ['--stream', 'a:b'], /--stream must be 1 to 128 of A-Z a-z 0-9 _ -, got "a:b"/],
    [2, ['--redis', 'localhost'], /"localhost" is no address of a Redis/],
    [2, ['--watch', '--compare', 'redis://a'], /--watch and --compare/],
    [2, ['--interval-ms', 'soon'], /--interval-ms must be a number/],
  ])('exits with %i for %j', async (exit, args, words) => {
    const { code, stdout, stderr } = await doctor(...args)
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(words)
  })

  it('says that there is no such stream', async () => {
    const { code, stderr } = await doctor('--stream', 'nowhere', '--log-level', 'error')
    expect(code).toBe(3)
    expect(stderr).toMatch(sentence)
    expect(stderr).toContain('there is no stream nowhere: neither agent_run:nowhere:stream nor')
  })

  it('says that a key is none', async () => {
    await client.set('agent_run:odd:stream', 'text')
    const { code, stderr } = await doctor('--stream', 'odd', '--log-level', 'error')
    expect([code, stderr]).toEqual([3, expect.stringMatching(sentence)])
    expect(stderr).toContain('agent_run:odd:stream is a string')
  })

  it('says that the password is wrong, and not which', async () => {
    const url = redis.url.replace('//', '//known:wrong@')
    const { code, stderr } = await doctor('--redis', url, '--log-level', 'error')
    expect([code, stderr]).toEqual([3, expect.stringMatching(sentence)])
    expect(stderr).toMatch(/refuses the password or the user/)
    expect(stderr).not.toContain('wrong@')
  })

  it('says that nobody is there', async () => {
    const port = await freePort()
    const args = ['--redis', `redis://127.0.0.1:${port}`, '--log-level', 'error']
    const { code, stderr } = await doctor(...args)
    expect([code, stderr]).toEqual([3, expect.stringMatching(sentence)])
    expect(stderr).toContain(`cannot reach Redis at redis://127.0.0.1:${port}`)
  })

  it('says that a server is there that is no Redis', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')
    }).listen(0, '127.0.0.1')
    await new Promise((ready) => server.once('listening', ready))
    const { port } = server.address() as AddressInfo
    const args = ['--redis', `redis://127.0.0.1:${port}`, '--log-level', 'error']
    const { code, stderr } = await doctor(...args)
    server.close()
    expect([code, stderr]).toEqual([3, expect.stringMatching(sentence)])
  })
})
