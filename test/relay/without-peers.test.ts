// The relay in memory needs none of its optional peers: Node itself resolves the sources, with the peer taken away.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const PROGRAM = `
import { once } from 'node:events'
import { createServer } from 'node:http'
import { registerHooks } from 'node:module'
const [missing] = process.argv.slice(-1)
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== missing) return next(specifier, context)
    throw Object.assign(new Error('Cannot find package ' + specifier), { code: 'ERR_MODULE_NOT_FOUND' })
  },
})
const { createRelay, memoryBackend } = await import('./src/relay/index.ts')
const backend = memoryBackend()
const told = []
const relay = createRelay({ backend, logger: { info() {}, warn: (line) => told.push(line) } })
const server = createServer(relay.handler).on('upgrade', relay.upgrade).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = 'http://127.0.0.1:' + server.address().port
await backend.append('a', '{"type": "status", "status": "completed"}')
const text = await (await fetch(url + '/v1/streams/a/events')).text()
const socket = new WebSocket(url + '/v1/ws', 'framewise.v1')
const opened = await new Promise((done) => {
  socket.onopen = () => done(true)
  socket.onerror = () => done(false)
})
console.log(JSON.stringify({ ended: text.includes('relay.end'), opened, told }))
process.exit()
`

function without(missing: string): unknown {
  const args = ['--no-warnings', '--input-type=module', '-e', PROGRAM, missing]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

it('serves streams without ws, and says what WebSockets take', () => {
  const told = [expect.stringContaining('npm i ws')]
  expect(without('ws')).toEqual({ ended: true, opened: false, told })
})

it('serves both without @redis/client', () => {
  expect(without('@redis/client')).toEqual({ ended: true, opened: true, told: [] })
})

it('serves both with them', () => {
  expect(without('nothing')).toEqual({ ended: true, opened: true, told: [] })
})
