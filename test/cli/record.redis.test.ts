import { createClient } from '@redis/client'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRelay, redisBackend } from '../../src/relay/index.ts'
import { decodeRecording } from '../../src/wire/recording.ts'
import type { Recording } from '../../src/wire/recording.ts'
import { endReasonOf } from '../../src/wire/terminal.ts'
import { freePort, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import { runCli, startCli } from './run-cli.ts'
import type { Cli, CliEnd } from './run-cli.ts'

const connected = (url: string) =>
  createClient({ url })
    .on('error', () => {})
    .connect()

const folder = mkdtempSync(join(tmpdir(), 'framewise-record-'))
const started: Cli[] = []
let redis: RedisServer
let client: Awaited<ReturnType<typeof connected>>

beforeAll(async () => {
  redis = await startRedis()
  client = await connected(redis.url)
})
afterAll(async () => {
  for (const cli of started) cli.process.kill('SIGKILL')
  client.destroy()
  await redis.stop()
  rmSync(folder, { recursive: true })
})

const start = (...args: string[]): Cli => {
  const cli = startCli(args, { REDIS_URL: redis.url })
  started.push(cli)
  return cli
}
const run = (...args: string[]): Promise<CliEnd> => start(...args).ended
const recordingOf = ({ code, stdout, stderr }: CliEnd): Recording => {
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('    at ')])
  return decodeRecording(stdout)
}
const payloadsOf = ({ events }: Recording): string[] => events.map(({ data }) => data)
const produce = (id: string, ...flags: string[]): Promise<CliEnd> =>
  run('produce', '--stream', id, '--rate', '2000', '--events', '200', ...flags)

describe('framewise record', () => {
  it.each(['suna-list', 'suna-stream'])(
    'gives the same events again after produce --play, in %s',
    async (layout) => {
      const [first, second] = [`first-${layout}`, `second-${layout}`]
      await produce(first, '--layout', layout)
      const one = await run('record', '--stream', first)
      const file = join(folder, `${layout}.ndjson`)
      writeFileSync(file, one.stdout)
      await run('produce', '--stream', second, '--layout', layout, '--play', file)
      const two = recordingOf(await run('record', '--stream', second))
      const recording = recordingOf(one)
      expect(recording).toMatchObject({ layout, protocol: 'suna' })
      expect(payloadsOf(recording)).toHaveLength(200)
      expect(payloadsOf(two)).toEqual(payloadsOf(recording))
      expect(recording.events.every(({ t }, at, { [at - 1]: last }) => t >= (last?.t ?? 0))).toBe(
        true,
      )
    },
  )

  it('says where times come from, and when there are none', async () => {
    await produce('timed')
    const stream = await run('record', '--stream', 'timed')
    expect(stream.stdout).toContain('"timing":"log"}\n')
    expect(recordingOf(stream).events.at(-1)?.t).toBeGreaterThan(0)
    await produce('timeless', '--layout', 'suna-list')
    const list = await run('record', '--stream', 'timeless')
    expect(list.stdout).toContain('"timing":"arrival"}\n')
    expect(list.stderr).toContain('a list keeps no times: 200 events stand at one time')
  })

  it('waits for a run, follows it, and ends with it', async () => {
    const cli = start('record', '--stream', 'later', '--follow')
    await cli.line(/recording stream later/)
    await produce('later')
    const { events } = recordingOf(await cli.ended)
    expect(events).toHaveLength(200)
    expect(endReasonOf(JSON.parse(events.at(-1)?.data ?? ''))).toBe('completed')
  })

  it('keeps what it has at Ctrl-C', async () => {
    await client.xAdd('agent_run:open:stream', '*', { data: '{"type":"CUSTOM","name":"one"}' })
    const cli = start('record', '--stream', 'open')
    await cli.line(/CUSTOM/)
    cli.process.kill('SIGINT')
    const end = await cli.ended
    expect(payloadsOf(recordingOf(end))).toEqual(['{"type":"CUSTOM","name":"one"}'])
    expect(end.stderr).toContain('1 events; the run goes on')
  })

  it('redacts what was said, and nothing else', async () => {
    await produce('secret')
    const open = recordingOf(await run('record', '--stream', 'secret'))
    const shut = recordingOf(await run('record', '--stream', 'secret', '--redact'))
    const outline = ({ events }: Recording): unknown =>
      events.map(({ t, data }) => [
        t,
        Buffer.byteLength(data),
        Object.keys(JSON.parse(data) as object),
      ])
    expect(outline(shut)).toEqual(outline(open))
    expect(payloadsOf(shut).join('')).not.toMatch(/"content": "[^"]*\b(?:the|and|of)\b/)
    expect(payloadsOf(open).join('')).toMatch(/\b(?:the|and|of)\b/)
  })

  it('reads on through a relay whose connections are cut', async () => {
    const relay = createRelay({ backend: redisBackend({ url: redis.url }), pageEvents: 20 })
    const server = createServer((req, res) => void relay.handler(req, res)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = await startMutedWire((server.address() as AddressInfo).port)
    await client.xAdd('agent_run:cut:stream', '*', { data: '0' })
    const cli = start('record', '--stream', 'cut', '--relay', `http://127.0.0.1:${proxy.port}`)
    for (let at = 1; at <= 3; at++) {
      await cli.line(new RegExp(`"data":"${at - 1}"`))
      proxy.cut()
      await client.xAdd('agent_run:cut:stream', '*', { data: `${at}` })
    }
    await client.xAdd('agent_run:cut:stream', '*', { data: '{"type":"RUN_FINISHED"}' })
    const recording = recordingOf(await cli.ended)
    expect(payloadsOf(recording)).toEqual(['0', '1', '2', '3', '{"type":"RUN_FINISHED"}'])
    await proxy.close()
    await relay.close()
    server.close()
  })
})

describe('framewise record and produce, when something is wrong', () => {
  const sentence = /^framewise: [^\n]+\n$/

  it.each([
    [2, ['record'], /--stream ID is needed/],
    [2, ['record', '--stream', 'a:b'], /--stream must be 1 to 128 of A-Z a-z 0-9 _ -, got "a:b"/],
    [
      2,
      ['record', '--strem', 'a'],
      /there is no --strem; did you mean --stream\?; see framewise record --help/,
    ],
    [2, ['record', '--stream', 'a', '--relay', 'localhost'], /--relay must be an address like/],
    [2, ['record', '--stream', 'a', '--redis', 'localhost'], /is no address of a Redis/],
    [2, ['record', '--stream', 'a', '--relay', 'http://a', '--redis', 'redis://a'], /give one/],
    [2, ['record', '--stream', 'a', '--layout', 'list'], /--layout must be one of auto/],
    [2, ['produce', '--stream', 'a:b'], /--stream must be 1 to 128/],
    [1, ['produce', '--play', 'no-such-file'], /cannot play no-such-file: ENOENT/],
    [1, ['produce', '--play', 'package.json'], /cannot play package.json: line 1: expected/],
  ])('exits with %i for %j, in one sentence', async (code, args, words) => {
    const end = await runCli(args, { REDIS_URL: 'redis://127.0.0.1:1' })
    expect(end).toMatchObject({ code, stdout: '' })
    expect(end.stderr).toMatch(sentence)
    expect(end.stderr).toMatch(words)
  })

  it.each([['record', '--stream', 'a'], ['produce']])(
    'says that a Redis cannot be reached, or wants a password: %s',
    async (...args) => {
      const gone = await runCli(args, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
      expect(gone).toMatchObject({ code: 1, stdout: '' })
      expect(gone.stderr).toMatch(/^framewise: cannot reach Redis at [^\n]*ECONNREFUSED[^\n]*\n$/)
      const locked = await startRedis()
      const owner = await connected(locked.url)
      await owner.configSet('requirepass', 'right')
      owner.destroy()
      const wrong = await runCli(args, { REDIS_URL: locked.url.replace('//', '//:wrong@') })
      expect(wrong).toMatchObject({ code: 1, stdout: '' })
      expect(wrong.stderr).toMatch(
        /^framewise: Redis at [^\n]* refuses the password[^\n]*WRONGPASS[^\n]*\n$/,
      )
      expect(wrong.stderr).not.toContain('wrong@')
      const none = await runCli(args, { REDIS_URL: locked.url })
      expect(none.code).toBe(1)
      expect(none.stderr).toMatch(/^framewise: Redis at [^\n]* wants a password[^\n]*\n$/)
      await locked.stop()
    },
  )

  it('says that there is no such stream, in a Redis as in a relay', async () => {
    const inRedis = await run('record', '--stream', 'unknown')
    expect(inRedis).toMatchObject({ code: 1, stdout: '' })
    expect(inRedis.stderr).toMatch(/^framewise: there is no stream unknown in Redis at [^\n]*\n$/)
    const relay = start('relay', '--port', '0')
    const url = /http:\S+/.exec(await relay.line(/^framewise relay on/))?.[0] ?? ''
    const inRelay = await run('record', '--stream', 'unknown', '--relay', url)
    expect(inRelay).toMatchObject({ code: 1, stdout: '' })
    expect(inRelay.stderr).toMatch(
      /^framewise: there is no stream unknown in the relay at [^\n]*\n$/,
    )
  })

  it('says that no relay answers, or something else does', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const gone = await run('record', '--stream', 'a', '--relay', url)
    expect(gone).toMatchObject({ code: 1, stdout: '' })
    expect(gone.stderr).toMatch(/^framewise: the relay at [^\n]* cannot be reached \([^\n]*\n$/)
    const replies: Record<string, [number, string]> = {
      '/v1/streams/page': [200, '<html>'],
      '/v1/streams/locked': [401, ''],
      '/v1/streams/gone': [404, ''],
    }
    const server = createServer((req, res) => {
      const [status, body] = replies[req.url ?? ''] ?? [500, '']
      res.writeHead(status).end(body)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const [id, words] of [
      ['page', 'is no framewise relay'],
      ['locked', 'wants a valid token for stream locked'],
      ['gone', 'has no stream gone for you'],
      ['broken', 'HTTP 500'],
    ]) {
      const { code, stderr } = await run('record', '--stream', id ?? '', '--relay', other)
      expect([code, stderr]).toEqual([1, expect.stringContaining(words ?? '')])
      expect(stderr).toMatch(sentence)
    }
    server.close()
  })

  it('says that a run has ended already', async () => {
    await produce('twice')
    const again = await produce('twice')
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toMatch(
      /^framewise: run twice cannot be written: [^\n]* terminal event already[^\n]*\n$/,
    )
  })
})
