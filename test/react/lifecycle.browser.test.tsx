// What a page may do to a stream, and a stream to a page: mounts, sharing, transitions, throws.
import {
  Component,
  memo,
  startTransition,
  StrictMode,
  useEffect,
  useLayoutEffect,
  useState,
  type ReactNode,
} from 'react'
import { expect, it, vi } from 'vitest'
import { createAgentStream, fromAsyncIterable } from 'framewise'
import { useAgentStream, useMessage, useStreamState } from 'framewise/react'
import { fakeTransport } from 'framewise/testing'
import { connected, delta, element, finished, root, shows } from './page.ts'

const frames = async (count: number): Promise<void> => {
  for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame)
}

/** A fetch whose bodies a test writes. */
function fakeFetch() {
  const requests: { readonly signal: AbortSignal | null | undefined; write(text: string): void }[] =
    []
  const encoder = new TextEncoder()
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const body = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
    const writer = body.writable.getWriter()
    // A body that nobody reads any more takes nothing; that is what is tested, and no error.
    const write = (text: string): void => void writer.write(encoder.encode(text)).catch(() => {})
    requests.push({ signal: init?.signal, write })
    return new Response(body.readable, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { requests, fetch }
}

it('makes one request under StrictMode, and none for options that are made inline', async () => {
  const { requests, fetch } = fakeFetch()
  function Chat({ turn }: { turn: number }): ReactNode {
    const { messages } = useAgentStream({
      url: '/events',
      headers: { 'x-turn': String(turn) },
      fetch: (...args) => fetch(...args),
      onEvent: () => {},
    })
    return `${turn} ${messages[0]?.text ?? ''}`
  }
  const render = (turn: number): void =>
    root.render(
      <StrictMode>
        <Chat turn={turn} />
      </StrictMode>,
    )
  render(0)
  await vi.waitFor(() => expect(requests).toHaveLength(1))
  for (let turn = 1; turn <= 5; turn++) render(turn)
  requests[0]?.write(`data: ${JSON.stringify(delta('here'))}\n\n`)
  await shows('5 here')
  await frames(3)
  expect(requests).toHaveLength(1)
  expect(requests[0]?.signal?.aborted).toBe(false)
})

it('delivers nothing after it was unmounted, also not what arrives late', async () => {
  const { requests, fetch } = fakeFetch()
  const events: string[] = []
  function Chat(): ReactNode {
    const { messages } = useAgentStream({
      url: '/events',
      fetch,
      onEvent: ({ event }) => events.push(event.type),
      onError: (error) => events.push(error.code),
      onFinish: () => events.push('over'),
    })
    return messages[0]?.text
  }
  root.render(<Chat />)
  await vi.waitFor(() => expect(requests).toHaveLength(1))
  const [request] = requests
  request?.write(`data: ${JSON.stringify(delta('seen'))}\n\n`)
  await shows('seen')
  expect(events).toEqual(['TEXT_MESSAGE_CONTENT'])
  root.render(null)
  await vi.waitFor(() => expect(request?.signal?.aborted).toBe(true))
  request?.write(`data: ${JSON.stringify(delta('late'))}\n\ndata: ${JSON.stringify(finished)}\n\n`)
  await frames(3)
  expect(events).toEqual(['TEXT_MESSAGE_CONTENT'])
  expect(requests).toHaveLength(1)
})

it('serves many components by one connection', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const Reader = (): ReactNode => useStreamState(stream, ({ messages }) => messages[0]?.text ?? '')
  root.render(Array.from({ length: 50 }, (_, key) => <Reader key={key} />))
  stream.connect()
  await connected(transport)
  transport.send(delta('a'))
  await shows('a'.repeat(50))
  expect(transport.opened).toHaveLength(1)
  stream.close()
})

it('renders one message of a thousand for an event of that message', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const renders = new Map<string, number>()
  const Message = memo(function Message({ id }: { id: string }): ReactNode {
    renders.set(id, (renders.get(id) ?? 0) + 1)
    return <i>{useMessage(stream, id)?.text}</i>
  })
  const ids = Array.from({ length: 1000 }, (_, index) => `m${index}`)
  root.render(ids.map((id) => <Message key={id} id={id} />))
  stream.connect()
  await connected(transport)
  transport.send(...ids.map((id) => delta('.', id)))
  await shows('.'.repeat(1000))
  renders.clear()
  for (const id of ['m0', 'm500', 'm999']) {
    transport.send(delta('!', id))
    await vi.waitFor(() => expect(renders.get(id)).toBe(1), 5000)
  }
  expect(element.textContent?.replaceAll('.', '')).toBe('!!!')
  expect(renders.size).toBe(3)
  stream.close()
})

it('finds a message again that has moved', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const Message = ({ id }: { id: string }): ReactNode => useMessage(stream, id)?.text ?? 'none'
  root.render([<Message key="a" id="a" />, ' ', <Message key="b" id="b" />])
  stream.connect()
  await connected(transport)
  transport.send(delta('A', 'a'), delta('B', 'b'))
  await shows('A B')
  const message = (id: string): object => ({ id, role: 'assistant', content: `${id}!` })
  transport.send({
    type: 'MESSAGES_SNAPSHOT',
    messages: [message('b'), message('x'), message('a')],
  })
  await shows('a! b!')
  transport.send({ type: 'MESSAGES_SNAPSHOT', messages: [message('b')] })
  await shows('none b!')
  stream.close()
})

it('never shows two states in one commit, while a transition renders slowly', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport, schedule: 'frame' })
  const torn: string[] = []
  let commits = 0
  const Slow = memo(function Slow({ turn }: { turn: number }): ReactNode {
    const text = useStreamState(stream, ({ messages }) => messages[0]?.text ?? '')
    keepBusy(1)
    return <b data-turn={turn}>{text.length}</b>
  })
  const onCommit = (): void => {
    commits++
    const seen = new Set([...element.querySelectorAll('b')].map(({ textContent }) => textContent))
    if (seen.size > 1) torn.push([...seen].join())
  }
  function Page({ turn }: { turn: number }): ReactNode {
    useLayoutEffect(onCommit)
    return Array.from({ length: 30 }, (_, key) => <Slow key={key} turn={turn} />)
  }
  root.render(<Page turn={0} />)
  stream.connect()
  await connected(transport)
  for (let turn = 1; turn <= 20; turn++) {
    startTransition(() => root.render(<Page turn={turn} />))
    transport.send(delta('x'))
    await frames(1)
  }
  await shows('20'.repeat(30))
  await vi.waitFor(() => expect(element.querySelector('b')?.dataset['turn']).toBe('20'))
  expect(commits).toBeGreaterThan(1)
  expect(torn).toEqual([])
  stream.close()
})

it('survives 1,000 reads in one chain of microtasks beside an effect that sets state', async () => {
  const errors: unknown[] = []
  async function* chain(): AsyncGenerator<string> {
    for (let event = 0; event < 1000; event++) yield JSON.stringify(delta('x'))
    yield JSON.stringify(finished)
  }
  const transport = fromAsyncIterable(() => chain())
  function Nested(): ReactNode {
    const { messages, status } = useAgentStream({
      id: 'chain',
      transport,
      onError: (error) => errors.push(error),
    })
    const text = messages[0]?.text ?? ''
    const [echo, setEcho] = useState('')
    useEffect(() => setEcho(text), [text])
    return `${status} ${echo.length}`
  }
  root.render(<Nested />)
  await shows('finished 1000')
  expect(errors).toEqual([])
})

function keepBusy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }
  override render(): ReactNode {
    return this.state.failed ? <s>failed;</s> : this.props.children
  }
}

it('reads on when a component or a subscriber throws', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  const transport = fakeTransport()
  const errors: string[] = []
  const stream = createAgentStream({ transport, onError: ({ code }) => errors.push(code) })
  stream.store.subscribe(() => {
    throw new Error('a subscriber fails')
  })
  const useText = (): string => useStreamState(stream, ({ messages }) => messages[0]?.text ?? '')
  function Fails(): ReactNode {
    if (useText().includes('b')) throw new Error('a component fails')
    return <s>fine;</s>
  }
  const Reads = (): ReactNode => useText()
  root.render([
    <Boundary key="1">
      <Fails />
    </Boundary>,
    <Reads key="2" />,
  ])
  stream.connect()
  await connected(transport)
  transport.send(delta('a'))
  await shows('fine;a')
  transport.send(delta('b'))
  await shows('failed;ab')
  transport.send(delta('c'), finished)
  await shows('failed;abc')
  expect(stream.store.getState().status).toBe('finished')
  expect(new Set(errors)).toEqual(new Set(['callback-threw']))
  complaints.mockRestore()
  stream.close()
})
