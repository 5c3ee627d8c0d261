// The end of `framewise relay`, as an orchestrator brings it about: signals to a process with viewers.
import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openSse } from '../relay/sse-client.ts'
import type { SseClient } from '../relay/sse-client.ts'
import { startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const started: Cli[] = []
afterEach(async () => {
  for (const cli of started.splice(0)) {
    cli.process.kill('SIGKILL')
    await cli.ended
  }
})

interface Relay {
  readonly cli: Cli
  readonly url: string
  readonly viewers: readonly SseClient[]
}

async function startWith(count: number, ...flags: string[]): Promise<Relay> {
  const cli = startCli(['relay', '--port', '0', ...flags])
  started.push(cli)
  const url = urlIn(await cli.line(/^framewise relay on/))
  const open = (_: unknown, n: number): Promise<SseClient> =>
    openSse(`${url}/v1/streams/s${n}/events`)
  const viewers = await Promise.all(Array.from({ length: count }, open))
  await Promise.all(viewers.map((viewer) => viewer.until(({ events }) => events().length > 0)))
  return { cli, url, viewers }
}

async function openSocket(url: string): Promise<{ ws: WebSocket; text: () => string }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, 'framewise.v1')
  let text = ''
  ws.on('message', (data) => (text += String(data)))
  await once(ws, 'open')
  ws.send('{"op":"subscribe","stream":"a"}')
  await once(ws, 'message')
  return { ws, text: () => text }
}

const lastOf = (viewer: SseClient): string | null | undefined => viewer.events().at(-1)?.event

async function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
}

describe('SIGTERM', () => {
  it('lets 20 viewers go one by one, and ends with 0 once they have gone', async () => {
    const { cli, viewers } = await startWith(20, '--drain-ms', '2000')
    cli.process.kill('SIGTERM')
    const { code, stderr } = await cli.ended
    await Promise.all(viewers.map(({ ended }) => ended))
    expect(viewers.map(lastOf)).toEqual(viewers.map(() => 'relay.reconnect'))
    expect(stderr).toContain('draining 20 viewers… (for up to 2 s; Ctrl-C ends it at once)')
    expect([code, stderr.endsWith('drained\n')]).toEqual([0, true])
  })

  it('keeps the listener open while it drains: not ready, alive, and nobody new', async () => {
    const { cli, url, viewers } = await startWith(2, '--drain-ms', '600000')
    cli.process.kill('SIGTERM')
    await cli.line(/^draining 2 viewers/)
    expect(await statusOf(`${url}/readyz`)).toBe(503)
    expect(await statusOf(`${url}/livez`)).toBe(200)
    expect(await statusOf(`${url}/v1/streams/new/events`)).toBe(503)
    expect(await statusOf(`${url}/metrics`)).toBe(200)
    for (const viewer of viewers) viewer.close()
    expect((await cli.ended).code).toBe(0) // at once, though it had ten minutes
  })

  it('ends at once without viewers', async () => {
    const { cli } = await startWith(0, '--drain-ms', '600000')
    cli.process.kill('SIGTERM')
    expect(await cli.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('ends at once with --drain-ms 0', async () => {
    const { cli, viewers } = await startWith(3, '--drain-ms', '0')
    cli.process.kill('SIGTERM')
    expect((await cli.ended).code).toBe(0)
    expect(viewers.map(lastOf)).toEqual(viewers.map(() => 'relay.reconnect'))
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at once when %s follows', async (second) => {
    const { cli, viewers } = await startWith(3, '--drain-ms', '600000')
    cli.process.kill('SIGTERM')
    await cli.line(/^draining 3 viewers/)
    // The same signal that comes too soon is taken for the first: npm passes on what the terminal has sent already.
    const again = setInterval(() => cli.process.kill(second), 50)
    expect((await cli.ended).code).toBe(0)
    clearInterval(again)
    await Promise.all(viewers.map(({ ended }) => ended))
    expect(viewers.map(lastOf)).toEqual(viewers.map(() => 'relay.reconnect'))
  })
})

it.each(['SIGTERM', 'SIGINT'] as const)('lets sockets hear that it goes, by %s', async (signal) => {
  const { cli, url } = await startWith(0, '--drain-ms', '500')
  const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(url)))
  const closed = sockets.map(({ ws }) => once(ws, 'close'))
  cli.process.kill(signal)
  expect((await cli.ended).code).toBe(0)
  for (const [index, close] of closed.entries()) {
    const [code] = await close
    expect([code, sockets[index]?.text()]).toEqual([1012, expect.stringContaining('"closing"')])
  }
})

it('ends at once by Ctrl-C, viewers or not', async () => {
  const { cli, viewers } = await startWith(3, '--drain-ms', '600000')
  cli.process.kill('SIGINT')
  const { code, stderr } = await cli.ended
  expect([code, stderr]).toEqual([0, ''])
  expect(viewers.map(lastOf)).toEqual(viewers.map(() => 'relay.reconnect'))
})
