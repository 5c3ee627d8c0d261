// The relay of the bench of verdicts, in a process of its own, with the page on the same origin; its thread can be kept
// at work, so that it is late as one that serves too many is.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createStaticFiles } from '../../src/cli/http/static-files.ts'
import { createRelay, redisBackend } from '../../src/relay/index.ts'

const [, , redisUrl = '', dir = ''] = process.argv
const OFF_MS = 20

const relay = createRelay({ backend: redisBackend({ url: redisUrl }) })
const files = createStaticFiles(dir)
const server = createServer((request, response) => {
  if (relay.handler(request, response)) return
  void files(request, response).then((found) => found || response.writeHead(404).end())
})
server.on('upgrade', (request, socket, head) => {
  if (!relay.upgrade(request, socket, head)) socket.destroy()
})
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})

let workMs = 0
let isAtWork = false
process.on('message', (ms: number) => {
  workMs = ms
  if (!isAtWork) void work()
})
process.on('disconnect', () => process.exit())

async function work(): Promise<void> {
  isAtWork = true
  while (workMs > 0) {
    const until = performance.now() + workMs
    while (performance.now() < until);
    await pause(OFF_MS)
  }
  isAtWork = false
}
