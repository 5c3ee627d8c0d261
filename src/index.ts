// `framewise`: the client, without React and without the server.

// client
export { createAgentStream } from './agent-stream.ts'
export type { AgentStream, StopOptions } from './stream/stream.ts'
export type { StartOptions } from './stream/starter.ts'
export type { OptimisticMessage } from './core/chat-local.ts'
export type { StreamLimits } from './stream/limits.ts'
export type { ResumeOptions } from './stream/session.ts'
export { batchFrames, type BatchFramesOptions } from './frame/batch-frames.ts'
export type { Schedule } from './frame/scheduler.ts'
export type {
  AgentStreamOptions,
  CancelContext,
  FlushInfo,
  MeterSetting,
  MetricsOption,
  ReceivedEvent,
  Start,
  StartAnswer,
  StartContext,
  StreamSettings,
  StreamSource,
} from './stream/options.ts'

// text in blocks
export { blocksOf, NO_BLOCKS, splitBlocks } from './core/blocks.ts'
export type { TextBlock, TextBlocks } from './core/text-blocks.ts'

// transports
export { sse, type SseOptions } from './transport/sse.ts'
export type { Credentials, Provided } from './transport/provided.ts'
export { webSocket, type WebSocketOptions } from './transport/websocket.ts'
export { replay, type ReplayOptions } from './transport/replay.ts'
export { fromAsyncIterable, type Chunk, type ChunkSource } from './transport/from-async-iterable.ts'
export type { OpenOptions, OpenReason, Read, Transport } from './transport/transport.ts'
export type { ReconnectPolicy } from './transport/reconnect.ts'
export {
  decodeRecording,
  type RecordedEvent,
  type Recording,
  type RecordingHeader,
} from './wire/recording.ts'

// state
export type { AgentStreamState, AgentStreamStore } from './stream/store.ts'
export type {
  ChatMessage,
  ChatRole,
  DataPart,
  MessagePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from './core/chat-message.ts'
export type { ConnectionStatus } from './core/connection.ts'
export type { RunState, RunStatus } from './core/run.ts'
export type { EndReason, GapReason, RelayGap } from './wire/protocol.ts'
export type { Reduce } from './core/fold.ts'

// events and protocols
export type { AgentEvent, RunEvent, StateEvent, TextEvent, ToolEvent } from './core/events.ts'
export type { BodyParser, Decoded, Frame, Protocol } from './core/protocol.ts'

// time and measurement
export type { Cancel, Clock, Lifecycle } from './core/clock.ts'
export type { Arrival, Metrics, StreamCounts, Tap, TapSetting, WorkerStamps } from './core/tap.ts'

// errors
export { AgentStreamError, isAgentStreamError, type AgentStreamErrorCode } from './core/errors.ts'
