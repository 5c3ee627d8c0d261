// SSE and WebSocket under the same contract, each with its other side in the test's hand.
import { socketPeer, ssePeer } from './relay-peers.ts'
import { holdToTransportContract } from './transport-contract.ts'

holdToTransportContract('sse', ssePeer)
holdToTransportContract('webSocket', socketPeer)
