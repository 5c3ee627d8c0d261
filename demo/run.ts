// One run of the panels: a feed, a stream for each of them, and the words for how it ended.
import type { MeteredStream } from './chat/chat-view.tsx'
import { loadTextView } from './chat/text-view.ts'
import type { Feed } from './feed/feed.ts'
import { meteredStream, settled } from './feed/metered-stream.ts'
import { openFeed } from './feed/open-feed.ts'
import type { Ending, Job } from './job.ts'
import { nextPaint } from './page/after-paint.ts'
import type { Panel } from './panel/panel.ts'
import type { Settings } from './settings.ts'

// The one variable between the two panels.
const SCHEDULE = { raw: 'immediate', batched: 'adaptive' } as const

/** Starts a run in `panels`, all of them on the very same events. `onBegin` is called once it flows. */
export function startRun(settings: Settings, panels: readonly Panel[], onBegin: () => void): Job {
  const stopping = new AbortController()
  let streams: readonly MeteredStream[] = []
  const go = async (): Promise<Ending> => {
    const TextView = await loadTextView(settings.renderer)
    const feed = await openFeed(settings, panels.length, stopping.signal)
    stopping.signal.addEventListener('abort', feed.cancel, { once: true })
    if (stopping.signal.aborted) feed.cancel()
    stopping.signal.throwIfAborted()
    streams = panels.map((panel, index) => {
      const stream = meteredStream(feed, transportAt(feed, index), SCHEDULE[panel.name])
      panel.show(stream, TextView)
      return stream
    })
    // Panels are mounted before the first event, so that no run can end before it is shown.
    await nextPaint()
    stopping.signal.throwIfAborted()
    onBegin()
    for (const stream of streams) stream.connect()
    await Promise.all(streams.map(settled))
    await nextPaint()
    feed.close()
    return endingOf(streams)
  }
  return {
    ending: go(),
    stop() {
      stopping.abort()
      for (const stream of streams) stream.stop()
    },
  }
}

function transportAt({ transports }: Feed, index: number): Feed['transports'][number] {
  const transport = transports[index]
  if (transport === undefined) throw new Error(`the feed has no reader ${index}`)
  return transport
}

function endingOf(streams: readonly MeteredStream[]): Ending {
  for (const { store } of streams) {
    const { status, error } = store.getState()
    if (status === 'failed') {
      return { state: 'failed', words: error?.message ?? 'The run failed and did not say why.' }
    }
    if (status === 'truncated') {
      const why = error === null ? '' : ` (${error.message})`
      const words = `The stream broke off before the run had ended${why}. Is the server still there?`
      return { state: 'failed', words }
    }
  }
  return { state: 'done', words: 'Done: the run has ended and all of it is on the screen.' }
}
