import { afterEach, expect, it } from 'vitest'
import { openHttpServer } from '../../../src/cli/http/http-server.ts'
import type { HttpServer } from '../../../src/cli/http/http-server.ts'
import { openRaw } from '../../relay/raw-socket.ts'
import type { RawSocket } from '../../relay/raw-socket.ts'

// Of a limit of 10 eleven, and twenty to spare.
const MOST = 31

let server: HttpServer
let address: string | null
const peers: RawSocket[] = []
const ends: (() => void)[] = [] // of the streams

async function start(limits: { all?: number; perAddress?: number }): Promise<void> {
  address = 'a'
  const sockets = { all: 0, perAddress: 0, ...limits, addressOf: () => address }
  server = await openHttpServer(
    {
      request(request, response) {
        if (request.url !== '/stream') return void response.end('whole')
        response.write('begun')
        ends.push(() => response.end('over'))
      },
      upgrade: () => false,
    },
    { host: '127.0.0.1', port: 0, sockets },
  )
}

afterEach(async () => {
  for (const { socket } of peers.splice(0)) socket.destroy()
  ends.length = 0
  await server.close()
})

function open(path?: string): RawSocket {
  const bytes = path === undefined ? '' : `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  const peer = openRaw(Number(new URL(server.url).port), bytes)
  peers.push(peer)
  return peer
}

async function ask(path: string, answer: RegExp): Promise<RawSocket> {
  const peer = open(path)
  await peer.until(answer)
  return peer
}
const stream = (): Promise<RawSocket> => ask('/stream', /begun/)
const whole = (): Promise<RawSocket> => ask('/whole', /whole/)

async function several(count: number, make: () => Promise<RawSocket>): Promise<RawSocket[]> {
  const made: RawSocket[] = []
  while (made.length < count) made.push(await make())
  return made
}

it.each(['all', 'perAddress'])(
  'cuts the sockets that are idle for longest in favour of new ones, by %s',
  async (name) => {
    await start({ [name]: 10 })
    const streams = await several(5, stream)
    const idle = await several(MOST - 5, whole)
    const late = await several(10, whole)
    await Promise.all(idle.slice(0, 10).map(({ closed }) => closed))
    const left = [...streams, ...idle.slice(10), ...late]
    expect(left.filter(({ socket }) => socket.closed)).toEqual([])
  },
)

it('cuts those that say nothing as well, and answers who asks', async () => {
  await start({ all: 10 })
  const silent = Array.from({ length: 5 * MOST }, () => open())
  const peer = await whole()
  await Promise.all(silent.slice(0, 4 * MOST).map(({ closed }) => closed))
  expect(peer.socket.closed).toBe(false)
})

it('cuts no stream: a new socket has no place until one has ended', async () => {
  await start({ all: 10 })
  const streams = await several(MOST, stream)
  const refused = open('/whole')
  await refused.closed
  expect(refused.text()).toBe('')
  ends[0]?.()
  await streams[0]?.until(/over/)
  await whole()
  await streams[0]?.closed // idle since its stream is over
  expect(streams.slice(1).filter(({ socket }) => socket.closed)).toEqual([])
})

it('counts each address for itself, and a proxy for none', async () => {
  await start({ perAddress: 10 })
  const first = await whole()
  for (const other of ['b', null, null]) {
    address = other
    await several(MOST, whole)
  }
  expect(first.socket.closed).toBe(false)
  address = 'a'
  await several(MOST, whole)
  await first.closed
})
