// What msw's service worker makes of the mocked relay's faults: a page must see them as Node does.
import { setupWorker } from 'msw/browser'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { mockAgentStream } from 'framewise/testing'
import { WS_PROTOCOL } from '../../src/wire/protocol.ts'

const relay = await mockAgentStream()
const worker = setupWorker(...relay.handlers)

beforeAll(() => worker.start({ quiet: true }))
afterEach(() => relay.reset())
afterAll(() => worker.stop())

const EVENTS = '/v1/streams/a/events'

async function readAll(response: Response): Promise<{ text: string; broke: boolean }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const step = await reader?.read()
      if (step?.value === undefined) return { text, broke: false }
      text += step.value
    }
  } catch {
    return { text, broke: true }
  }
}

it('breaks a body at the event it was to break after, and goes on where that was read to', async () => {
  void relay.play('a', ['one', 'two', 'three'], { cutAfter: [2], end: 'completed' })
  const first = await readAll(await fetch(EVENTS))
  expect(first.broke).toBe(true)
  // On the way through a service worker a break may overtake what was sent before it, as on any wire.
  const read = first.text.match(/^data: .*$/gm)?.filter((line) => /one|two|three/.test(line)) ?? []
  expect(['data: one', 'data: two'].slice(0, read.length)).toEqual(read)
  const headers = read.length === 0 ? {} : { 'last-event-id': `M-${read.length}` }
  const rest = await readAll(await fetch(EVENTS, { headers }))
  expect(rest.broke).toBe(false)
  expect(rest.text.match(/^data: (?:one|two|three)$/gm)).toEqual(
    ['data: one', 'data: two', 'data: three'].slice(read.length),
  )
})

it('sees that a reader has gone', async () => {
  const abort = new AbortController()
  await fetch(EVENTS, { signal: abort.signal })
  expect(relay.connections).toMatchObject([{ open: true }])
  abort.abort()
  await vi.waitFor(() => expect(relay.connections).toMatchObject([{ open: false }]))
})

it('refuses as a gateway, as hotel Wi-Fi and as a dead network do', async () => {
  relay.refuse('a', { status: 503, retryAfter: 3, html: true })
  relay.refuse('a', { status: 200 })
  relay.refuse('a', { status: 'network-error' })
  const gateway = await fetch(EVENTS)
  expect([gateway.status, gateway.headers.get('retry-after')]).toEqual([503, '3'])
  const wifi = await fetch(EVENTS)
  expect([wifi.status, wifi.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  await expect(fetch(EVENTS)).rejects.toThrow(TypeError)
  expect((await fetch(EVENTS)).headers.get('content-type')).toContain('text/event-stream')
})

it('takes a request to stop, and answers 204 from then on', async () => {
  void relay.play('a', ['one', 'two'], { rate: 0.001 })
  const response = await fetch('/v1/streams/a/stop', { method: 'POST' })
  expect(response.ok).toBe(true)
  expect(relay.stops).toEqual([{ stream: 'a', token: null }])
  expect((await fetch(`${EVENTS}?after=M-1`)).status).toBe(204)
})

it('closes a socket with the code of a broken network, after what was sent before', async () => {
  const socket = new WebSocket(new URL('/v1/ws', location.href), WS_PROTOCOL)
  const heard: unknown[] = []
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  )
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => heard.push(new TextDecoder().decode(data)))
  socket.addEventListener('open', () => socket.send('{"op":"subscribe","stream":"a"}'))
  await vi.waitFor(() => expect(heard).toHaveLength(2))
  relay.append('a', 'last words')
  relay.cut('a')
  expect(await closed).toBe(1006)
  expect(heard.at(-1)).toBe('{"stream":"a"}\nid: M-1\ndata: last words\n\n')
})
