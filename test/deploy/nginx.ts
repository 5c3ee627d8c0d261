// `npm run check:nginx`: the shipped nginx.conf in a real nginx, with a certificate of its own and a relay behind it. Not
// part of the tests, which must not need an nginx.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { memoryBackend } from '../../src/relay/index.ts'
import { serve } from '../relay/serve.ts'
import { parseSse } from '../relay/sse-client.ts'
import { freePort } from '../support/redis-server.ts'

const EVENTS = 20
const COMPLETED = '{"type": "status", "status": "completed"}'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const folder = mkdtempSync(join(tmpdir(), 'framewise-nginx-'))
const backend = memoryBackend()
const addresses = new Set<string | null>()
const relay = await serve({
  backend,
  trustProxy: ['127.0.0.1'],
  authorize({ address }) {
    addresses.add(address)
    return { untilMs: null }
  },
})
const port = await freePort()
const nginx = spawn('nginx', ['-c', configure()], { stdio: ['ignore', 'ignore', 'inherit'] })
try {
  while (!(await accepts())) assert.equal(nginx.exitCode, null, 'nginx has ended')
  await check()
} finally {
  nginx.kill('SIGTERM')
  await relay.close()
}
rmSync(folder, { recursive: true })
process.exit()

async function check(): Promise<void> {
  const viewer = await open('?ticket=hidden')
  for (let n = 0; n < EVENTS; n++) {
    await backend.append('a', `{"n": ${n}}`)
    while (viewer.payloads().length <= n) await viewer.more()
  }
  say(`✓ ${EVENTS} events came one by one, each before the next was written`)
  const last = parseSse(viewer.text()).at(-1)?.id ?? ''
  viewer.response.destroy()
  while (relay.relay.stats().viewers > 0) await new Promise(setImmediate)
  say('✓ a viewer that left is gone at the relay')
  await backend.append('a', '"after the cut"')
  await backend.append('a', COMPLETED)
  const rest = await open('', { 'last-event-id': last })
  await once(rest.response, 'end')
  assert.deepEqual(rest.payloads(), ['"after the cut"', COMPLETED])
  assert.equal(
    (await open('', { 'last-event-id': lastIdOf(rest.text()) })).response.statusCode,
    204,
  )
  say('✓ a resume gave exactly the rest, and 204 after the end')
  assert.ok((await overWebSocket()).includes('relay.end'))
  say('✓ a WebSocket got the stream and its end')
  assert.deepEqual([...addresses], ['127.0.0.2'])
  say('✓ the relay saw the address of the client, not a forged one')
  const log = readFileSync(join(folder, 'framewise.log'), 'utf8')
  assert.match(log, /GET \/v1\/streams\/a\/events" 200/)
  assert.doesNotMatch(log, /[?]|hidden/)
  say('✓ the log has no query strings')
}

function configure(): string {
  const [key, cert] = [join(folder, 'framewise.key'), join(folder, 'framewise.crt')]
  const subject = ['-subj', '/CN=relay.example', '-days', '2', '-nodes']
  const made = spawnSync('openssl', [
    ...'req -x509 -newkey rsa:2048'.split(' '),
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ])
  assert.equal(made.status, 0, 'openssl made no certificate')
  const shipped = readFileSync(
    fileURLToPath(new URL('../../docs/deploy/nginx.conf', import.meta.url)),
    'utf8',
  )
  const here = shipped
    .replace('127.0.0.1:4400', `127.0.0.1:${relay.port}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replaceAll(/\/etc\/nginx|\/var\/log\/nginx/g, folder)
  const main = `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { ${here} }`
  writeFileSync(join(folder, 'nginx.conf'), main)
  return join(folder, 'nginx.conf')
}

function accepts(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => setTimeout(resolve, 20, false))
    socket.on('connect', () => socket.destroy())
  })
}

async function open(query: string, headers: Record<string, string> = {}) {
  const request = get({
    host: '127.0.0.1',
    port,
    path: `/v1/streams/a/events${query}`,
    agent: false,
    localAddress: '127.0.0.2',
    rejectUnauthorized: false,
    headers: { ...headers, 'x-forwarded-for': '6.6.6.6', 'accept-encoding': 'gzip' },
  })
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  response.on('error', () => {}).on('data', (bytes) => void (text += String(bytes)))
  return {
    response,
    text: () => text,
    payloads: () => parseSse(text).flatMap(({ event, data }) => (event === null ? [data] : [])),
    more: () => new Promise((resolve) => response.once('data', () => setImmediate(resolve))),
  }
}

function lastIdOf(text: string): string {
  return parseSse(text).findLast(({ id }) => id !== null)?.id ?? ''
}

async function overWebSocket(): Promise<string> {
  const ws = new WebSocket(`wss://127.0.0.1:${port}/v1/ws`, 'framewise.v1', {
    rejectUnauthorized: false,
    localAddress: '127.0.0.2',
    headers: { 'x-forwarded-for': '6.6.6.6' },
  })
  let text = ''
  const ended = new Promise<void>((resolve) => {
    ws.on('message', (data) => {
      text += String(data)
      if (text.includes('relay.end')) resolve()
    })
  })
  await once(ws, 'open')
  ws.send(JSON.stringify({ op: 'subscribe', stream: 'a' }))
  await ended
  ws.close()
  return text
}
