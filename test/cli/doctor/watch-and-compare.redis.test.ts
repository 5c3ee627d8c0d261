// `--watch` and `--compare` on real servers, as processes.
import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LOOK_BUDGET } from '../../../src/cli/doctor/live-view.ts'
import { openSse } from '../../relay/sse-client.ts'
import { startMutedWire } from '../../support/muted-wire.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { runCli, startCli, urlIn } from '../run-cli.ts'
import type { Cli } from '../run-cli.ts'
import { chunk, connected, plantStream } from './planted.ts'
import type { TestClient } from './planted.ts'

let redis: RedisServer
let client: TestClient
let stopWriting: () => Promise<void> = () => Promise.resolve()
const started: Cli[] = []
beforeAll(async () => {
  redis = await startRedis()
  client = await connected(redis.url)
})
afterEach(async () => {
  await stopWriting()
  for (const cli of started.splice(0)) cli.process.kill('SIGKILL')
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

function keepWriting(): void {
  let goesOn = true
  const loop = (async () => {
    while (goesOn) {
      await client.xAdd('agent_run:growing:stream', '*', { data: chunk('eight ch') })
      await client.rPush('agent_run:list:responses', chunk('four'))
      await new Promise((wait) => setTimeout(wait, 10))
    }
  })()
  stopWriting = async () => {
    goesOn = false
    await loop
  }
}

function watch(...args: string[]): Cli {
  const cli = startCli(
    ['doctor', '--watch', '--interval-ms', '200', '--redis', redis.url, ...args],
    {},
  )
  started.push(cli)
  return cli
}

describe('framewise doctor --watch', () => {
  it('prints a line for each look into a pipe, and ends with 0 at Ctrl-C', async () => {
    keepWriting()
    const cli = watch()
    const line = await cli.line(/2 busy/)
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d streams 2, 2 busy {2}events\/s [\d.]+ {2}chars\/event 6 {2}lag [\d.]+ ms {2}viewers –$/,
    )
    cli.process.kill('SIGINT')
    const { code, stdout } = await cli.ended
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')
  })

  it('tells each stream by itself with --json', async () => {
    keepWriting()
    const cli = watch('--json')
    const look = JSON.parse(await cli.line(/"eventsPerS":[1-9].*"eventsPerS":[1-9]/)) as object
    cli.process.kill('SIGINT')
    await cli.ended
    expect(look).toMatchObject({ viewers: null, trouble: null })
    const byId = Object.fromEntries(
      (look as { streams: { id: string }[] }).streams.map((stream) => [stream.id, stream]),
    )
    expect(byId['growing']).toMatchObject({ charsPerEvent: 8, lagMs: expect.any(Number) })
    expect(byId['list']).toMatchObject({ charsPerEvent: 4, lagMs: null })
  })

  it('counts the viewers of a relay, and says once that it does not tell them any more', async () => {
    const relay = startCli(['relay', '--port', '0', '--redis', redis.url])
    started.push(relay)
    const relayUrl = urlIn(await relay.line(/^framewise relay on/))
    const viewer = await openSse(`${relayUrl}/v1/streams/run/events`)
    const cli = watch('--relay', relayUrl)
    await cli.line(/viewers 1$/)
    viewer.close()
    relay.process.kill('SIGKILL')
    await relay.ended
    await cli.line(/does not tell of viewers/)
    await cli.line(/viewers –$/)
    cli.process.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^warn: the relay at http:\/\/127\.0\.0\.1:\d+ does not tell of viewers: [^\n]+\n$/,
    )
  })

  it('keeps its commands within the budget of a look', async () => {
    for (let n = 0; n < 80; n++) await client.rPush(`agent_run:many-${n}:responses`, chunk('x'))
    await client.sendCommand(['CONFIG', 'RESETSTAT'])
    const cli = watch()
    await cli.line(/streams 64/)
    cli.process.kill('SIGINT')
    const looks = (await cli.ended).stdout.split('\n').filter(Boolean).length
    const calls = [...(await client.info('commandstats')).matchAll(/cmdstat_(\w+).*?calls=(\d+)/g)]
    const sent = calls.filter(([, name]) => name !== 'config' && name !== 'info')
    const total = sent.reduce((sum, [, , count]) => sum + Number(count), 0)
    expect(total).toBeLessThanOrEqual((looks + 1) * LOOK_BUDGET)
    for (const [, name] of sent)
      expect(name).toMatch(/^(ping|scan|time|llen|xlen|lrange|xrevrange)$/)
  })

  it('finds the run it is asked for among any number of other keys, in both layouts', async () => {
    const other = await startRedis()
    const own = await connected(other.url)
    const others = Array.from({ length: 30_000 }, (_, n) => [`agent_run:${n}:other`, 'x'])
    await own.mSet(others as [string, string][])
    await plantStream(own, 'wanted')
    await own.rPush('agent_run:wanted:responses', chunk('x'))
    const cli = watch('--redis', other.url, '--stream', 'wanted', '--json')
    const { streams } = JSON.parse(await cli.line(/^\{/)) as { streams: object[] }
    own.destroy()
    await other.stop()
    expect(streams).toMatchObject([
      { id: 'wanted', layout: 'suna-stream', events: 100 },
      { id: 'wanted', layout: 'suna-list', events: 1 },
    ])
  })

  it('shows that Redis is away, and goes on when it is back', async () => {
    const other = await startRedis()
    const cli = startCli(['doctor', '--watch', '--interval-ms', '100', '--redis', other.url], {})
    started.push(cli)
    await cli.line(/streams 0/)
    await other.kill()
    await cli.line(/cannot reach Redis|went away/)
    await other.start()
    const own = await connected(other.url)
    await own.rPush('agent_run:back:responses', chunk('x'))
    await cli.line(/streams 1/)
    own.destroy()
    cli.process.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    await other.stop()
  })

  // `script` (bsdutils) gives the command a terminal of its own.
  it('draws on a terminal and gives it back', async () => {
    const node = `${process.execPath} --no-warnings src/cli/main.ts`
    const command = `exec ${node} doctor --watch --interval-ms 100 --redis ${redis.url}`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      const isShown = text.includes('Ctrl-C ends')
      text += part
      if (!isShown && text.includes('Ctrl-C ends')) child.stdin.write('\u0003')
    })
    await new Promise((ended) => child.on('close', ended))
    expect(text).toContain('\u001b[?1049h\u001b[?25l')
    expect(text).toContain('framewise doctor --watch')
    expect(text.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  })

  it('says at once when there is no Redis', async () => {
    const { code, stdout, stderr } = await runCli(
      ['doctor', '--watch', '--redis', 'redis://127.0.0.1:1'],
      {},
    )
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^framewise: cannot reach Redis at redis:\/\/127\.0\.0\.1:1: [^\n]+\n$/)
  })
})

describe('framewise doctor --compare', () => {
  it('says which of two is faster, by the same work, and writes to neither', async () => {
    await plantStream(client, 'both')
    const wire = await startMutedWire(redis.port, 60)
    await client.sendCommand(['CONFIG', 'RESETSTAT'])
    const args = ['doctor', '--redis', redis.url, '--stream', 'both']
    const far = `redis://127.0.0.1:${wire.port}`
    const { code, stdout } = await runCli([...args, '--compare', far, '--json'], {})
    const stats = await client.info('commandstats')
    await wire.close()
    const { verdict, compare } = JSON.parse(stdout) as {
      verdict: object
      compare: { works: { work: string; ratio: number; low: number }[] }
    }
    expect(code).toBe(0)
    expect(verdict).toMatchObject({ code: 'first-faster' })
    expect(compare.works.map(({ work }) => work).join(', ')).toBe(
      'round trip, 20 in a pipeline, 16 kB there and back, a page of SCAN, XRANGE of the stream, a new connection',
    )
    expect(compare.works[0]?.low).toBeGreaterThan(1.2)
    expect(stats).toMatch(/cmdstat_xrange:/)
    expect(stats).not.toMatch(/cmdstat_(set|rpush|xadd|publish|del|keys)\b/)
  })

  it('says so when there is no second one', async () => {
    const args = ['doctor', '--redis', redis.url, '--compare', 'redis://127.0.0.1:1']
    const { code, stderr } = await runCli([...args, '--log-level', 'error'], {})
    expect(code).toBe(3)
    expect(stderr).toMatch(/^framewise: cannot reach Redis at redis:\/\/127\.0\.0\.1:1[^\n]+\n$/)
  })

  it('has no result for a stream that neither has, and says what is left out where one has it', async () => {
    const other = await startRedis()
    await plantStream(client, 'here')
    const compare = (id: string) =>
      runCli(['doctor', '--redis', redis.url, '--compare', other.url, '--stream', id], {})
    const [none, one] = await Promise.all([compare('nowhere'), compare('here')])
    await other.stop()
    expect([none.code, none.stdout]).toEqual([3, ''])
    expect(none.stderr).toMatch(/framewise: there is no stream nowhere in either: [^\n]+\n$/)
    expect(one.code).toBe(0)
    expect(one.stdout.replaceAll('\n', ' ')).toContain('does not lie in both alike')
  })
})
