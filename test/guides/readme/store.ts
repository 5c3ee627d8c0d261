import { batchFrames, createAgentStream, webSocket } from 'framewise'
import { createMeter, diagnose } from 'framewise/metrics'
import { suna } from 'framewise/protocols'

const stream = createAgentStream({
  transport: webSocket({ url: '/v1/ws', stream: run }), // all streams of a page share one socket
  protocol: suna(), // default: agUi
  schedule: 'adaptive', // | 'frame' | 'immediate' | { throttle: 100 }
  metrics: createMeter,
})
stream.store.subscribe(({ messages, status }) => draw(messages, status))
stream.connect()
stream.metrics.snapshot() // each stage from model to paint: rate, p50/p95/p99, share; freshness, backlog, loop lag, …
diagnose(stream.metrics.snapshot()) // what it is bound by: verdict, share, confidence, evidence, advice, expected gain

for await (const batch of batchFrames(anyAsyncIterable)) append(batch)

declare const run: string
declare const anyAsyncIterable: AsyncIterable<string>
declare const draw: (messages: readonly object[], status: string) => void
declare const append: (batch: readonly string[]) => void
