// A long stream, played as fast as the page takes it: run after run, each taking the place of the one before.
import { type AgentStream, createAgentStream } from 'framewise'
import { createMeter } from 'framewise/metrics'
import { fakeTransport, type FakeTransport, scenario, textOf } from 'framewise/testing'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat.tsx'
import { emptyStage, nextFrame } from './stage.ts'

/** A stream that goes on from call to call. */
export interface Soak {
  /** Plays runs of `eventsPerRun` events until `events` were played. */
  play(events: number, eventsPerRun: number): Promise<void>
  close(): void
}

const text = textOf(scenario({ events: 4000, chunk: 8, seed: 11 }))
const EVENTS_PER_FRAME = 1000

/** Opens the stream and shows it. */
export async function soak(): Promise<Soak> {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport, metrics: createMeter }) as unknown as AgentStream
  const root = createRoot(emptyStage())
  root.render(<Chat stream={stream} look="plain" />)
  stream.connect()
  while (!transport.connected) await nextFrame()
  let sent = 0
  return {
    async play(events, eventsPerRun) {
      for (const until = sent + events; sent < until; sent++) {
        send(transport, sent, eventsPerRun)
        if (sent % EVENTS_PER_FRAME === 0) await nextFrame()
      }
      await nextFrame()
      await nextFrame()
    },
    close() {
      stream.close()
      root.unmount()
    },
  }
}

function send(transport: FakeTransport, index: number, eventsPerRun: number): void {
  const run = Math.floor(index / eventsPerRun)
  const place = index % eventsPerRun
  if (place === 0) {
    transport.send(
      { type: 'MESSAGES_SNAPSHOT', messages: [] },
      { type: 'RUN_STARTED', threadId: 't', runId: `r${run}` },
    )
  }
  const delta = text.slice((place * 4) % (text.length - 4)).slice(0, 4)
  transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: `m${run}`, delta })
  if (place === eventsPerRun - 1) {
    transport.send({ type: 'RUN_FINISHED', threadId: 't', runId: `r${run}` })
  }
}
