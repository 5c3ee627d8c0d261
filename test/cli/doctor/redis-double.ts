// A server that looks like a managed one: it passes commands on to a real Redis, one after the other, leaves sections out
// of INFO, and does not know some commands. RESP2 only.
import { createClient } from '@redis/client'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface RedisDouble {
  readonly url: string
  close(): Promise<void>
}

/** Options of {@link startRedisDouble}. */
export interface RedisDoubleOptions {
  /** The real one. */
  readonly url: string
  /** Sections of INFO that are left out. */
  readonly withoutSections: readonly string[]
  /** Commands that are not known. */
  readonly withoutCommands: readonly string[]
}

export async function startRedisDouble(options: RedisDoubleOptions): Promise<RedisDouble> {
  const real = await createClient({ url: options.url, RESP: 2 })
    .on('error', () => {})
    .connect()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let text = ''
    let done = Promise.resolve()
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part
      for (let taken = commandIn(text); taken !== null; taken = commandIn(text)) {
        text = text.slice(taken.length)
        const { args } = taken
        done = done.then(async () => void (socket.writable && socket.write(await answer(args))))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function answer(args: readonly string[]): Promise<string> {
    const verb = args[0]?.toUpperCase() ?? ''
    if (options.withoutCommands.includes(verb)) return `-ERR unknown command '${verb}'\r\n`
    try {
      const reply = await real.sendCommand([...args])
      return encoded(verb === 'INFO' ? shortened(String(reply), options.withoutSections) : reply)
    } catch (error) {
      return `-${(error as Error).message}\r\n`
    }
  }

  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      real.destroy()
    },
  }
}

function shortened(info: string, without: readonly string[]): string {
  return info
    .split(/(?=^# )/m)
    .filter((section) => !without.some((name) => section.startsWith(`# ${name}`)))
    .join('')
}

interface Taken {
  readonly args: readonly string[]
  readonly length: number
}

// One whole command at the beginning of the text, or null.
function commandIn(text: string): Taken | null {
  const [head] = /^\*(\d+)\r\n/.exec(text) ?? []
  if (head === undefined) return null
  let at = head.length
  const args: string[] = []
  for (let left = Number.parseInt(head.slice(1), 10); left > 0; left--) {
    const [size] = /^\$\d+\r\n/.exec(text.slice(at, at + 20)) ?? []
    if (size === undefined) return null
    const from = at + size.length
    at = from + Number.parseInt(size.slice(1), 10) + 2
    if (at > text.length) return null
    args.push(text.slice(from, at - 2))
  }
  return { args, length: at }
}

function encoded(reply: unknown): string {
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map(encoded).join('')}`
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply !== 'string') return '$-1\r\n'
  return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`
}
