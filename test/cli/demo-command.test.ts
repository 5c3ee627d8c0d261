import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { scenario } from '../../src/testing/scenario.ts'
import { encodeRecording } from '../../src/wire/recording.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'framewise-demo-'))
let demo: Cli
let url = ''

beforeAll(async () => {
  mkdirSync(join(folder, 'recordings'))
  writeFileSync(join(folder, 'index.html'), '<h1>demo</h1>')
  const events = scenario({ events: 8 }).map((event, t) => ({
    t,
    id: null,
    data: JSON.stringify(event),
  }))
  writeFileSync(
    join(folder, 'recordings', 'short.ndjson'),
    encodeRecording({ framewise: 1, layout: 'memory', protocol: 'ag-ui', events }),
  )
  demo = startCli(['demo', '--port', '0', '--dir', folder])
  url = urlIn(await demo.line(/^framewise demo on http:/))
})

afterAll(async () => {
  demo.process.kill('SIGINT')
  expect((await demo.ended).code).toBe(0)
  rmSync(folder, { recursive: true })
})

interface Reply {
  readonly status: number
  readonly body: { readonly id?: string; readonly error?: { code: string; message: string } }
}

const post = async (body: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
  const response = await fetch(`${url}/demo/runs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Reply['body'] }
}

// What a viewer gets until the relay ends the stream.
const view = async (id: string | undefined): Promise<{ events: AgentEvent[]; end: string }> => {
  const text = await (await fetch(`${url}/v1/streams/${id}/events`)).text()
  const frames = text.split('\n\n')
  const dataOf = (frame: string): string => /^data: (.*)$/m.exec(frame)?.[1] ?? ''
  const events = frames.filter((frame) => frame.startsWith('id: '))
  const end = frames.find((frame) => frame.startsWith('event: relay.end')) ?? ''
  return { events: events.map((frame) => JSON.parse(dataOf(frame))), end: dataOf(end) }
}

describe('framewise demo', () => {
  it('serves the built demo and says what it can do', async () => {
    expect(await (await fetch(url)).text()).toBe('<h1>demo</h1>')
    expect(await (await fetch(`${url}/demo/config`)).json()).toEqual({
      redis: false,
      layout: 'memory',
      recordings: ['short'],
    })
    expect((await fetch(`${url}/demo/nothing`)).status).toBe(404)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  it('writes the run that was asked for where the relay reads it', async () => {
    const { status, body } = await post({ rate: 5000, chunk: 7, events: 90, seed: 5 })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      protocol: 'ag-ui',
      backend: 'memory',
      layout: 'memory',
      events: 90,
    })
    const { events, end } = await view(body.id)
    expect(events).toEqual(scenario({ chunk: 7, events: 90, seed: 5 }))
    expect(end).toBe('{"reason":"completed"}')
  })

  it('plays a shipped recording', async () => {
    const { body } = await post({ recording: 'short', speed: 10 })
    expect((await view(body.id)).events).toEqual(scenario({ events: 8 }))
  })

  it('ends a run that is deleted with a stopped event', async () => {
    const { body } = await post({ rate: 1 })
    const viewing = view(body.id)
    const remove = (): Promise<Response> =>
      fetch(`${url}/demo/runs/${body.id}`, { method: 'DELETE' })
    expect((await remove()).status).toBe(204)
    expect((await viewing).events.at(-1)).toEqual({ type: 'RUN_FINISHED', reason: 'stopped' })
    expect((await remove()).status).toBe(404)
  })

  it.each([
    [400, { rate: 0 }, {}, 'rate must be a number from 1 to 10000, got 0'],
    [400, '{', {}, 'send a JSON object, got {'],
    [400, '[1]', {}, 'send a JSON object, for example'],
    [403, {}, { Origin: 'http://evil.example' }, 'only pages of this very server'],
    [403, {}, { 'Sec-Fetch-Site': 'same-site' }, 'only pages of this very server'],
    [409, { source: 'redis' }, {}, 'set REDIS_URL'],
    [413, 'x'.repeat(20_000), {}, 'send at most 16384 bytes'],
    [415, '{}', { 'Content-Type': 'text/plain' }, 'send application/json, got text/plain'],
  ])('answers %i to what it cannot do, and teaches', async (status, asked, headers, message) => {
    const reply = await post(asked, headers as Record<string, string>)
    expect(reply.status).toBe(status)
    expect(reply.body.error?.message).toContain(message)
  })

  it('takes runs from the command line', async () => {
    const flags = ['--demo', url, '--events', '30', '--rate', '3000', '--seed', '8']
    const { code, stdout } = await runCli(['produce', ...flags])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^framewise_demo_[\w-]+\n$/)])
    expect((await view(stdout.trim())).events).toEqual(scenario({ events: 30, seed: 8 }))
  })
})
