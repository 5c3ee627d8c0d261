// A page that reads streams in a Worker, as an application does, and what its test drives it by.
import { type AgentStream, createAgentStream, sse, type Transport } from 'framewise'
import { createMeter, type MeterSnapshot } from 'framewise/metrics'
import { inWorker } from 'framewise/worker'

type Way = 'sse' | 'ws' | 'page'

const worker = (): Worker =>
  new Worker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })

const transports: Record<Way, (stream: string) => Transport> = {
  sse: (stream) => inWorker({ url: `/v1/streams/${stream}/events`, token: () => 'unused', worker }),
  ws: (stream) => inWorker({ url: '/v1/ws', stream, worker }),
  page: (stream) => sse({ url: `/v1/streams/${stream}/events` }),
}
const streams = new Map<string, AgentStream<undefined, MeterSnapshot>>()

const held = (stream: string): AgentStream<undefined, MeterSnapshot> => {
  const found = streams.get(stream)
  if (found === undefined) throw new Error(`expected open(${stream}) first`)
  return found
}

/** What the test drives. */
export const atHand = {
  open(stream: string, way: Way): void {
    const made = createAgentStream({ transport: transports[way](stream), metrics: createMeter })
    made.store.subscribe(({ messages }) => {
      document.body.textContent = messages.map(({ text }) => text).join('|')
    })
    streams.set(stream, made)
    made.connect()
  },
  text: (stream: string): string =>
    held(stream)
      .store.getState()
      .messages.map(({ text }) => text)
      .join('|'),
  status: (stream: string): string => held(stream).store.getState().status,
  snapshot: (stream: string): MeterSnapshot => held(stream).metrics.snapshot(),
  reconnect: (stream: string): void => held(stream).reconnect(),
  close: (stream: string): void => held(stream).close(),
  /** Says that it begins, and does nothing else for so many ms. A frame shows what it did, or it is in no long frame. */
  block(stream: string, ms: number): void {
    void fetch(`/blocking/${stream}`)
    document.body.append('blocked ')
    const until = performance.now() + ms
    while (performance.now() < until);
  },
}

Object.assign(globalThis, { atHand })
