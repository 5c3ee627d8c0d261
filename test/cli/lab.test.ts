import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { recordingOf, replay, viewAll } from './lab-client.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const FINISHED = '{"type":"RUN_FINISHED","threadId":"t","runId":"r"}'
const short = recordingOf(['{"n":0}', FINISHED])
const hour = recordingOf(['{"n":0}', '{"n":1}', FINISHED], 1_800_000)

let relay: Cli
let url = ''

beforeAll(async () => {
  relay = startCli(['relay', '--lab', '--port', '0'])
  url = urlIn(await relay.line(/^framewise relay on http:/))
})

afterAll(async () => {
  relay.process.kill('SIGINT')
  expect((await relay.ended).code).toBe(0)
})

const ask = (method: string, path: string): Promise<Response> => fetch(url + path, { method })

describe('framewise relay --lab', () => {
  it('says what it can do', async () => {
    expect(await (await ask('GET', '/lab/config')).json()).toEqual({
      sources: ['memory'],
      layouts: ['suna-list', 'suna-stream'],
      maxBytes: 16 * 1024 * 1024,
      maxRuns: 4,
      ttlSeconds: 600,
    })
  })

  it('replays over WebSocket as well', async () => {
    const { body } = await replay(url, '', short)
    const ws = new WebSocket(`${url.replace('http', 'ws')}/lab/memory/v1/ws`, 'framewise.v1')
    let text = ''
    ws.on('message', (data) => void (text += String(data)))
    await once(ws, 'open')
    ws.send(JSON.stringify({ op: 'subscribe', stream: body.id }))
    await expect.poll(() => text).toContain('relay.end')
    expect(text).toContain(FINISHED)
    ws.close()
  })

  it('takes the pace of the recording, tells how far it is, and stops when told', async () => {
    const { body } = await replay(url, 'source=memory', hour)
    const path = `/lab/runs/${body.id}`
    await expect
      .poll(async () => (await ask('GET', path)).json())
      .toEqual({ written: 1, events: 3 })
    expect((await ask('DELETE', path)).status).toBe(204)
    const last = '{"type":"RUN_FINISHED","reason":"stopped"}'
    expect(await viewAll(url + body.url)).toEqual(['{"n":0}', last])
    await expect.poll(async () => (await ask('GET', path)).status).toBe(404)
    expect((await ask('DELETE', path)).status).toBe(404)
  })

  it('replays so many at once and no more', async () => {
    const started = []
    for (let n = 0; n < 4; n++) started.push(await replay(url, '', hour))
    expect((await replay(url, '', hour)).status).toBe(429)
    for (const { body } of started) await ask('DELETE', `/lab/runs/${body.id}`)
  })

  it.each([
    [400, 'source=disk', short, {}, 'source must be one of memory, redis, got "disk"'],
    [400, 'speed=-1', short, {}, 'speed must be a number from 0 to 100000, got -1'],
    [400, 'pace=2', short, {}, 'there is no field "pace"; fields are source, layout, speed'],
    [400, '', 'x', {}, 'line 1: expected a JSON object, got x'],
    [400, '', recordingOf([]), {}, 'the recording has no events'],
    [403, '', short, { Origin: 'http://evil.example' }, 'only pages of this very server'],
    [403, '', short, { 'Sec-Fetch-Site': 'same-site' }, 'only pages of this very server'],
    [409, 'source=redis', short, {}, 'set REDIS_URL'],
    [413, '', ' '.repeat(17 * 1024 * 1024), {}, 'send at most 16777216 bytes'],
    [415, '', short, { 'Content-Type': 'text/plain' }, 'send application/x-ndjson, got text/plain'],
  ])('answers %i to %s and teaches', async (status, query, recording, headers, message) => {
    const reply = await replay(url, query, recording, headers as Record<string, string>)
    expect(reply.body.error?.message).toContain(message)
    expect(reply.status).toBe(status)
  })

  it('has no relay for a Redis that is not there', async () => {
    expect((await ask('GET', '/lab/redis/v1/streams/a')).status).toBe(404)
    const ws = new WebSocket(`${url.replace('http', 'ws')}/lab/redis/v1/ws`, 'framewise.v1')
    expect(String((await once(ws, 'error'))[0])).toContain('404')
  })

  it('is there only when asked for, and on loopback only', async () => {
    const plain = startCli(['relay', '--port', '0'])
    const at = urlIn(await plain.line(/^framewise relay on http:/))
    expect((await fetch(`${at}/lab/config`)).status).toBe(404)
    plain.process.kill('SIGINT')
    await plain.ended
    const { code, stderr } = await runCli(['relay', '--lab', '--host', '0.0.0.0'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('for this machine alone')])
  })
})
