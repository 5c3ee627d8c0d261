// A chat that does not use the SDK, written as people write it, with and without `observe()`: what the watching costs is
// the only difference.
import { createParser } from 'eventsource-parser'
import { observe } from 'framewise/observe'
import { type ReactElement, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { createStore } from 'zustand/vanilla'
import { emptyStage } from './stage.ts'
import { entriesLeft } from './timeline.ts'

/** One application. */
export interface WatchedRun {
  readonly kind: 'EventSource' | 'fetch' | 'WebSocket'
  readonly url: string
  readonly isWatched: boolean
}

/** What the application itself can tell. */
export interface WatchedResult {
  readonly events: number
  readonly chars: number
  /** Streams that the watching saw; 0 where there was none. */
  readonly seen: number
  /** Entries in the page's performance timeline that came with the run. */
  readonly entries: number
}

/** An application that is shown and under way. */
export interface Watched {
  /** Resolves when so many events have come since the beginning. */
  until(events: number): Promise<void>
  end(): WatchedResult
}

/** Starts the application. */
export function watched({ kind, url, isWatched }: WatchedRun): Watched {
  const before = entriesLeft()
  const watching = isWatched ? observe() : null
  // A paragraph is full after some time, so that both arms draw the same small text again and again.
  const store = createStore(() => ({ text: '', events: 0, chars: 0 }))
  const waits = new Map<number, () => void>()
  const add = (words: string): void => {
    const { text, events, chars } = store.getState()
    store.setState({
      text: text.length > 4000 ? words : text + words,
      events: events + 1,
      chars: chars + words.length,
    })
    waits.get(events + 1)?.()
  }
  const root = createRoot(emptyStage())
  root.render(<Shown store={store} />)
  const stop = read[kind](url, add)
  return {
    until: (events) => new Promise((resolve) => waits.set(events, resolve)),
    end() {
      stop()
      const { events, chars } = store.getState()
      const seen = watching?.streams().length ?? 0
      watching?.stop()
      root.unmount()
      return { events, chars, seen, entries: entriesLeft() - before }
    },
  }
}

function Shown({
  store,
}: {
  readonly store: {
    subscribe(listener: () => void): () => void
    getState(): { readonly text: string }
  }
}): ReactElement {
  return <p>{useSyncExternalStore(store.subscribe, () => store.getState().text)}</p>
}

const read: Readonly<
  Record<WatchedRun['kind'], (url: string, add: (words: string) => void) => () => void>
> = {
  EventSource(url, add) {
    const source = new EventSource(url)
    source.onmessage = ({ data }) => add(data as string)
    return () => source.close()
  },
  WebSocket(url, add) {
    const socket = new WebSocket(url)
    socket.onmessage = ({ data }) => add(data as string)
    return () => socket.close()
  },
  fetch(url, add) {
    const abort = new AbortController()
    void pump(url, abort.signal, add).catch(() => {})
    return () => abort.abort()
  },
}

async function pump(url: string, signal: AbortSignal, add: (words: string) => void): Promise<void> {
  const { body } = await fetch(url, { signal })
  if (body === null) throw new Error(`expected a body from ${url}, got none`)
  const parser = createParser({ onEvent: ({ data }) => add(data) })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parser.feed(read.value)
  }
}
