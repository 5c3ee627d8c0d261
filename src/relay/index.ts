// The relay for programs: `framewise/relay`. Server-side only.
export type { Authorize, AuthorizeRequest, AuthorizeTarget, Denial, Grant } from './door/access.ts'
export type {
  Backend,
  BackendInfo,
  LogEntry,
  Logger,
  Page,
  ReadOptions,
  StreamStat,
  Wake,
  Watch,
} from './backend.ts'
export { BackendUnavailableError, StopNotPermittedError, UnreadableLogError } from './backend.ts'
export type { Histogram, RelayCounters, ResumeResult } from './counters.ts'
export type { Readiness } from './serve/health.ts'
export { memoryBackend } from './memory-backend.ts'
export type { MemoryBackend, MemoryBackendOptions } from './memory-backend.ts'
export { redisBackend } from './redis/redis-backend.ts'
export type { RedisBackendOptions, RedisLayout } from './redis/redis-backend.ts'
export { sunaNames } from '../wire/redis-names.ts'
export type { RedisNames } from '../wire/redis-names.ts'
export type { SentinelOptions } from './redis/redis-sentinel.ts'
export { createRelay, relayDefaults } from './relay.ts'
export type { CloseOptions, Relay, RelayOptions, RelayStats } from './relay.ts'
export { signToken } from './door/token.ts'
export type { Right, TokenOptions } from './door/token.ts'
export type { ViewerTransport } from './hub/viewers.ts'
