// Many events at once, as after a reload in the middle of a long run: by the pipeline, and by loops written by hand.
import { createAgentStream } from 'framewise'
import { scenario, textOf } from 'framewise/testing'
import { createParser } from 'eventsource-parser'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'
import { emptyStage, followEnd, nextFrame } from './stage.ts'

/**
 * By hand, `append`: one appendData per event. `frame`: one per frame. `parse`: all the same, but shows nothing
 * until the end: below it nobody can get.
 */
export type CatchUpArm = 'append' | 'frame' | 'parse' | 'framewise'

/** What the page itself can tell of an arm. */
export interface CatchUpResult {
  readonly longestFrameMs: number
  readonly chars: number
}

const READ_BYTES = 64 * 1024
const CHUNK_CHARS = 4
const made = new Map<number, readonly Uint8Array[]>()

/** Shows the text of so many events; resolves once it is painted. */
export async function catchUp(arm: CatchUpArm, events: number): Promise<CatchUpResult> {
  const reads = made.get(events)
  if (reads === undefined) throw new Error(`expected prepareCatchUp(${events}) first`)
  const stage = emptyStage()
  const follower = followEnd(stage)
  const end = arm === 'framewise' ? await byPipeline(stage, reads) : await byHand(arm, stage, reads)
  await nextFrame()
  await nextFrame()
  follower.stop()
  const chars = stage.textContent?.length ?? 0
  const longestFrameMs = follower.longestMs()
  end()
  return { longestFrameMs, chars }
}

/** Makes the events of the next `catchUp`, so that no arm pays for them. */
export function prepareCatchUp(events: number): void {
  made.set(events, bytesOf(events))
}

function bytesOf(events: number): readonly Uint8Array[] {
  const text = textOf(scenario({ events: 4000, chunk: 8, seed: 9 }))
  const lines: string[] = []
  const put = (event: object): void =>
    void lines.push(`id: ${lines.length}\ndata: ${JSON.stringify(event)}\n\n`)
  put({ type: 'RUN_STARTED', threadId: 't', runId: 'r' })
  for (let event = 0; event < events; event++) {
    const at = (event * CHUNK_CHARS) % (text.length - CHUNK_CHARS)
    put({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: text.slice(at, at + CHUNK_CHARS) })
  }
  put({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })
  const bytes = new TextEncoder().encode(lines.join(''))
  return Array.from({ length: Math.ceil(bytes.length / READ_BYTES) }, (_, read) =>
    bytes.slice(read * READ_BYTES, (read + 1) * READ_BYTES),
  )
}

// Each read comes in a task of its own, as from a network.
function responseOf(reads: readonly Uint8Array[]): Response {
  const channel = new MessageChannel()
  let next = 0
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) =>
      new Promise<void>((resolve) => {
        channel.port1.onmessage = () => {
          const read = reads[next++]
          if (read === undefined) {
            controller.close()
            channel.port1.close()
          } else {
            controller.enqueue(read.slice())
          }
          resolve()
        }
        channel.port2.postMessage(null)
      }),
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

async function byPipeline(stage: HTMLElement, reads: readonly Uint8Array[]): Promise<() => void> {
  const stream = createAgentStream({ url: '/events', fetch: async () => responseOf(reads) })
  const root = createRoot(stage)
  root.render(createElement(Chat, { stream, look: 'plain' }))
  const finished = new Promise<void>((resolve) => {
    const unsubscribe = stream.store.subscribe(({ status }) => {
      if (status !== 'finished') return
      unsubscribe()
      resolve()
    })
  })
  stream.connect()
  await finished
  return () => {
    stream.close()
    root.unmount()
  }
}

async function byHand(
  arm: Exclude<CatchUpArm, 'framewise'>,
  stage: HTMLElement,
  reads: readonly Uint8Array[],
): Promise<() => void> {
  const element = document.createElement('div')
  element.className = 'plain'
  const node = element.appendChild(document.createTextNode(''))
  stage.append(element)
  const { show, end } = WAYS[arm](node)
  const parser = createParser({
    onEvent({ data }) {
      const event = JSON.parse(data) as { type: string; delta?: string }
      if (event.type === 'TEXT_MESSAGE_CONTENT') show(event.delta ?? '')
    },
  })
  const decoder = new TextDecoder()
  const reader = responseOf(reads).body?.getReader()
  for (;;) {
    const read = await reader?.read()
    if (read?.value === undefined) break
    parser.feed(decoder.decode(read.value, { stream: true }))
  }
  end()
  await nextFrame()
  return () => element.remove()
}

interface Way {
  show(delta: string): void
  end(): void
}

const WAYS: Record<Exclude<CatchUpArm, 'framewise'>, (node: Text) => Way> = {
  append: (node) => ({ show: (delta) => node.appendData(delta), end: () => {} }),
  frame: (node) => ({ show: perFrame(node), end: () => {} }),
  parse(node) {
    const all: string[] = []
    return { show: (delta) => void all.push(delta), end: () => node.appendData(all.join('')) }
  },
}

function perFrame(node: Text): (delta: string) => void {
  let waiting: string[] = []
  return (delta) => {
    if (waiting.push(delta) > 1) return
    requestAnimationFrame(() => {
      node.appendData(waiting.join(''))
      waiting = []
    })
  }
}
