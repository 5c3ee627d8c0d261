// One server process of the relay's benches: serves one arm, makes its events when told to, and says what it spent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startArm } from './relay-arms.ts'
import type { ArmName } from './relay-arms.ts'
import { ticksOf } from './relay-play.ts'
import type { Play } from './relay-play.ts'

/** What the driver may ask of a server: to make events, or what it has spent (null). */
export type ServerOrder = Play | null

/** What a server process has spent since it began. */
export interface Spent {
  /** User and system time before and after the garbage collection that precedes the rest, in µs. */
  readonly cpuBefore: number
  readonly cpuAfter: number
  readonly rss: number
  readonly heap: number
  /** Of all Buffers. */
  readonly external: number
}

const [, , arm = '', redisUrl = ''] = process.argv
const { serve, tick } = await startArm(arm as ArmName, redisUrl)
const server = createServer(serve)
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})

process.on('message', (order: ServerOrder) => {
  if (order === null) process.send?.(spent())
  else void play(order)
})
process.on('disconnect', () => process.exit())

async function play(order: Play): Promise<void> {
  for await (const payloads of ticksOf(order)) {
    for (const stream of order.streams) tick?.(stream, payloads)
  }
}

function spent(): Spent {
  const cpuBefore = cpu()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpuBefore, cpuAfter: cpu(), rss, heap: heapUsed, external }
}

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
