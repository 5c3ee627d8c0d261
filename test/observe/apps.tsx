// Applications as people write them, all showing the same run of AI SDK's words, with a fault of their own put in.
import { useChat } from '@ai-sdk/react'
import { DefaultChatTransport } from 'ai'
import { type ReactElement, useEffect, useLayoutEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useStore } from 'zustand/react'
import { createStore } from 'zustand/vanilla'
import { createAgentStream } from 'framewise'
import { createMeter, diagnose, type Diagnosis, type MeterSnapshot } from 'framewise/metrics'
import { aiSdk } from 'framewise/protocols'
import { useAgentStream } from 'framewise/react'
import type { Played } from './scripts.ts'

/** What is wrong with an application, and how much, in ms or elements. */
export interface Fault {
  readonly parseMs?: number
  readonly renderMs?: number
  readonly boxes?: number
  readonly otherMs?: number
}

/** A running application. */
export interface App {
  text(): string
  close(): void
}

type Start = (played: Played, fault: Fault) => App

/** Does nothing useful. */
export function spin(ms = 0): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Shows a component, and has other work done beside it. */
function mount(element: ReactElement, fault: Fault, close: () => void = () => {}): App {
  const stage = document.body.appendChild(document.createElement('div'))
  const root = createRoot(stage)
  root.render(element)
  const { otherMs = 0 } = fault
  const timer = otherMs > 0 ? setInterval(() => spin(otherMs), otherMs * 1.5) : undefined
  return {
    text: () => stage.querySelector('p')?.textContent ?? '',
    close() {
      clearInterval(timer)
      close()
      root.unmount()
      stage.remove()
    },
  }
}

let width = 0

function Text({ text, fault }: { readonly text: string; readonly fault: Fault }): ReactElement {
  const { renderMs, boxes = 0 } = fault
  spin(renderMs)
  useLayoutEffect(() => {
    const grown = `${20 + (width++ % 40)}px`
    if (boxes > 0) document.documentElement.style.setProperty('--grown', grown)
  })
  return (
    <>
      <p>{text}</p>
      {boxes > 0 ? <Boxes count={boxes} /> : null}
    </>
  )
}

// Laid out and painted anew when their width changes; React has no part in it.
function Boxes({ count }: { readonly count: number }): ReactElement {
  const [html] = useState(() =>
    Array.from(
      { length: count },
      (_, index) =>
        `<span style="display:inline-block;width:var(--grown);box-shadow:0 0 3px #888">${index}</span>`,
    ).join(' '),
  )
  // eslint-disable-next-line react/no-danger
  return <div dangerouslySetInnerHTML={{ __html: html }} />
}

function deltaOf(data: unknown, { parseMs }: Fault): string {
  spin(parseMs)
  return (JSON.parse(String(data)) as { delta?: string }).delta ?? ''
}

/** `onmessage` and `setState`. */
export const eventSourceApp: Start = ({ url }, fault) => {
  function Shown(): ReactElement {
    const [text, setText] = useState('')
    useEffect(() => {
      const source = new EventSource(url)
      source.onmessage = ({ data }) => {
        const delta = deltaOf(data, fault)
        setText((before) => before + delta)
      }
      return () => source.close()
    }, [])
    return <Text text={text} fault={fault} />
  }
  return mount(<Shown />, fault)
}

/** A zustand store, written at every message of a WebSocket. */
export const socketApp: Start = ({ socketUrl }, fault) => {
  const store = createStore<{ text: string }>(() => ({ text: '' }))
  const socket = new WebSocket(socketUrl)
  socket.addEventListener('message', ({ data }) => {
    const delta = deltaOf(data, fault)
    store.setState(({ text }) => ({ text: text + delta }))
  })
  function Shown(): ReactElement {
    return <Text text={useStore(store, ({ text }) => text)} fault={fault} />
  }
  return mount(<Shown />, fault, () => socket.close())
}

/** AI SDK's `useChat`. */
export const useChatApp: Start = ({ url }, fault) => {
  const transport = new DefaultChatTransport({ api: url })
  function Shown(): ReactElement {
    const { messages, sendMessage, stop } = useChat({ transport })
    useEffect(() => {
      void sendMessage({ text: 'go' })
      return () => void stop()
      // eslint-disable-next-line react/exhaustive-deps
    }, [])
    const text = messages
      .filter(({ role }) => role === 'assistant')
      .flatMap(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')))
    return <Text text={text.join('')} fault={fault} />
  }
  return mount(<Shown />, fault)
}

/** The SDK, which measures itself. */
export function sdkApp(
  { url }: Played,
  fault: Fault,
): App & { snapshot(): MeterSnapshot; diagnosis(): Diagnosis } {
  const base = aiSdk()
  const stream = createAgentStream({
    url,
    metrics: createMeter,
    schedule: 'immediate',
    protocol: {
      ...base,
      decode(frame, memory) {
        spin(fault.parseMs)
        return base.decode(frame, memory)
      },
    },
  })
  stream.connect()
  function Shown(): ReactElement {
    const { messages } = useAgentStream(stream)
    return <Text text={messages.map(({ text }) => text).join('')} fault={fault} />
  }
  let previous: Diagnosis | undefined
  return {
    ...mount(<Shown />, fault, () => stream.close()),
    snapshot: () => stream.metrics.snapshot(),
    diagnosis: () => (previous = diagnose(stream.metrics.snapshot(), previous)),
  }
}

/** A run in AI SDK's words, an event every `gapMs`. */
export function chatPieces(count: number, gapMs: number): readonly (string | number)[] {
  const json = [
    { type: 'start' },
    { type: 'start-step' },
    { type: 'text-start', id: 't' },
    ...Array.from({ length: count }, (_, index) => ({
      type: 'text-delta',
      id: 't',
      delta: `word ${index} of many, `,
    })),
  ]
  return json.flatMap((event) => [JSON.stringify(event), gapMs])
}

/** The same as server-sent events. */
export const asEvents = (pieces: readonly (string | number)[]): readonly (string | number)[] =>
  pieces.map((piece) => (typeof piece === 'number' ? piece : `data: ${piece}\n\n`))
