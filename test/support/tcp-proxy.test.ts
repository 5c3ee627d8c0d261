// The bad wire is as bad as it says, and no worse: what it lets through arrives whole and in order.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { createTcpProxy } from './tcp-proxy.ts'
import type { TcpProxy } from './tcp-proxy.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

interface Ends {
  readonly proxy: TcpProxy
  /** The far end, for writing. */
  readonly far: Socket
  readonly near: Socket
  /** What has arrived at the near end. */
  got(): string
}

async function wired(random?: () => number): Promise<Ends> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy = await createTcpProxy({ targets: () => [1, port], random })
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const near = connect(proxy.port, '127.0.0.1')
  const [far] = await accepted
  await vi.waitFor(() => expect(proxy.connections()).toBe(1))
  let text = ''
  near.on('data', (bytes) => (text += String(bytes))).on('error', () => {})
  far.on('error', () => {})
  open.push(
    () => proxy.close(),
    () => server.close(),
    () => near.destroy(),
  )
  return { proxy, far, near, got: () => text }
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, 5000)

it('passes bytes both ways, to the first target that answers', async () => {
  const { far, near, got } = await wired()
  far.write('down')
  await soon(() => expect(got()).toBe('down'))
  near.write('up')
  expect(String((await once(far, 'data'))[0])).toBe('up')
})

it('holds what is sent in silence, and lets it through in order', async () => {
  const { proxy, far, got } = await wired()
  proxy.set({ silent: true })
  for (const part of ['a', 'b', 'c']) far.write(part)
  far.end('d')
  await once(far, 'finish')
  expect(got()).toBe('')
  proxy.set({ latencyMs: 5, jitterMs: 20 })
  await soon(() => expect(got()).toBe('abcd'))
})

it('lets so many bytes a second through', async () => {
  const { proxy, far, got } = await wired()
  proxy.set({ bytesPerSecond: 1 })
  far.write('abc')
  await soon(() => expect(got()).toBe('a'))
  proxy.set({})
  await soon(() => expect(got()).toBe('abc'))
})

it('cuts after some of the bytes, with a reset', async () => {
  const { proxy, far, near, got } = await wired(() => 0.5)
  const closed = new Promise((resolve) => near.once('close', resolve))
  proxy.cutAfter(6)
  far.write('abcdefgh')
  await closed
  expect(got()).toBe('abcd')
  expect(proxy.connections()).toBe(0)
})

it('strands a connection for good, and takes the next', async () => {
  const { proxy, far, near, got } = await wired()
  proxy.strand(() => false)
  far.write('a')
  await soon(() => expect(got()).toBe('a'))
  proxy.strand()
  far.end('b')
  const next = connect(proxy.port, '127.0.0.1')
  open.push(() => next.destroy())
  await once(next, 'connect')
  await soon(() => expect(proxy.connections()).toBe(2))
  expect(got()).toBe('a')
  expect(near.closed).toBe(false)
})
