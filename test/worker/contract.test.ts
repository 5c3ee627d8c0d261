// What is read in a Worker is to the byte what is read in the page.
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { inWorker } from '../../src/worker/index.ts'
import { SOCKET_URL, socketPeer, SSE_URL, ssePeer, STREAM } from '../transport/relay-peers.ts'
import { holdToTransportContract } from '../transport/transport-contract.ts'
import { fakeWorker } from './fake-worker.ts'

// Both threads' clocks stand still, and agree.
const still = () => ({ clock: createManualClock(), originMs: 0 })
const epochMs = (): number => 0

holdToTransportContract('inWorker, sse', () =>
  ssePeer((options, fetch) =>
    inWorker({ url: SSE_URL, worker: fakeWorker({ ...still(), fetch }), epochMs, ...options }),
  ),
)
holdToTransportContract('inWorker, webSocket', () =>
  socketPeer((options, WebSocket) => {
    const worker = fakeWorker({ ...still(), WebSocket })
    return inWorker({ url: SOCKET_URL, stream: STREAM, worker, epochMs, ...options })
  }),
)
