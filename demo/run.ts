// One run of the page: a feed, a stream for every shown panel, and the words for how it ended.
import type { MeteredStream } from './chat/chat-view.tsx'
import { loadTextView } from './chat/text-view.ts'
import type { Feed } from './feed/feed.ts'
import { meteredStream, settled } from './feed/metered-stream.ts'
import { openFeed } from './feed/open-feed.ts'
import { nextPaint } from './page/after-paint.ts'
import type { Panel } from './panel/panel.ts'
import type { Settings } from './settings.ts'

/** A run under way. */
export interface Run {
  /** Null when every panel's run came to its proper end, else what went wrong; rejects with advice. */
  readonly outcome: Promise<string | null>
  /** Ends everything at once; the panels keep what they show. */
  stop(): void
}

/** Starts a run in `panels`, all of them on the same events. `onBegin` is called once it flows. */
export function startRun(settings: Settings, panels: readonly Panel[], onBegin: () => void): Run {
  const stopping = new AbortController()
  const begun: { feed?: Feed; streams: readonly MeteredStream[] } = { streams: [] }
  const stop = (): void => {
    stopping.abort()
    for (const stream of begun.streams) stream.stop()
    begun.feed?.cancel()
  }
  const go = async (): Promise<string | null> => {
    const TextView = await loadTextView(settings.renderer)
    const feed = await openFeed(settings, panels.length, stopping.signal)
    begun.feed = feed
    if (stopping.signal.aborted) return (stop(), null)
    begun.streams = panels.map((panel, index) => {
      const stream = meteredStream(feed, transportAt(feed, index), SCHEDULE[panel.name])
      panel.show(stream, TextView)
      return stream
    })
    onBegin()
    for (const stream of begun.streams) stream.connect()
    await Promise.all(begun.streams.map(settled))
    await nextPaint()
    feed.close()
    return problemOf(begun.streams)
  }
  return { outcome: go(), stop }
}

const SCHEDULE = { raw: 'immediate', batched: 'adaptive' } as const

function transportAt({ transports }: Feed, index: number): Feed['transports'][number] {
  const transport = transports[index]
  if (transport === undefined) throw new Error(`the feed has no reader ${index}`)
  return transport
}

function problemOf(streams: readonly MeteredStream[]): string | null {
  for (const { store } of streams) {
    const { status, error } = store.getState()
    if (status === 'failed') return error?.message ?? 'The run failed and did not say why.'
    if (status === 'truncated') {
      const why = error === null ? '' : ` (${error.message})`
      return `The stream broke off before the run had ended${why}. Is the server still there?`
    }
  }
  return null
}
