// The same stream with and without a meter, shown by the same chat: what the meter costs is the only difference.
import { type AgentStream, createAgentStream } from 'framewise'
import { StreamInspector } from 'framewise/inspector'
import { createMeter } from 'framewise/metrics'
import { fakeTransport, scenario, textOf } from 'framewise/testing'
import { createRoot } from 'react-dom/client'
import { Chat, type Look } from './chat.tsx'
import { emptyStage, nextFrame } from './stage.ts'
import { entriesLeft } from './timeline.ts'

/** One stretch of a stream. */
export interface MeteredRun {
  /**
   * `read`: there is a meter, and it is asked for a snapshot four times a second; `panel`: an inspector does so, and
   * shows it.
   */
  readonly metrics: 'off' | 'on' | 'read' | 'panel'
  readonly eventsPerFrame: number
  readonly look: Look
}

/** What the page itself can tell. */
export interface MeteredResult {
  readonly chars: number
  readonly flushes: number
  /** Entries in the page's performance timeline that came with the run. */
  readonly entries: number
}

const text = textOf(scenario({ events: 4000, chunk: 8, seed: 13 }))
const FRAMES_PER_LOOK = 15
const CHUNK = 8

/** A stream that is shown and under way. */
export interface Metered {
  /** Plays so many frames. Every event is a network read of its own. */
  play(frames: number): Promise<void>
  end(): MeteredResult
}

/** Starts a stream. */
export async function metered(run: MeteredRun): Promise<Metered> {
  const { metrics, eventsPerFrame, look } = run
  const transport = fakeTransport()
  const stream = createAgentStream({
    transport,
    metrics: metrics === 'off' ? undefined : createMeter,
  })
  const root = createRoot(emptyStage())
  root.render(<Chat stream={stream as AgentStream} look={look} />)
  const panel = createRoot(document.createElement('div'))
  if (metrics === 'panel') panel.render(<StreamInspector stream={stream} />)
  stream.connect()
  while (!transport.connected) await nextFrame()
  const before = entriesLeft()
  let sent = 0
  let frame = 0
  const playFrame = async (): Promise<void> => {
    for (let event = 0; event < eventsPerFrame; event++) {
      const delta = text.slice((sent++ * CHUNK) % (text.length - CHUNK)).slice(0, CHUNK)
      transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: `m${frame >> 6}`, delta })
    }
    if (metrics === 'read' && frame % FRAMES_PER_LOOK === 0) stream.metrics.snapshot()
    frame++
    await nextFrame()
  }
  return {
    async play(frames) {
      for (let left = frames; left > 0; left--) await playFrame()
      await nextFrame()
      await nextFrame()
    },
    end() {
      const { chars, flushes } = stream.metrics.snapshot()
      const entries = entriesLeft() - before
      stream.close()
      root.unmount()
      panel.unmount()
      return { chars, flushes, entries }
    },
  }
}
