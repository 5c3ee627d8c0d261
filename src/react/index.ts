'use client'
// `framewise/react`: hooks over the client.
export { useAgentStream, type AgentStreamResult } from './use-agent-stream.ts'
export { useMessage, useStreamState } from './use-stream-state.ts'
export { useStreamMetrics } from './use-stream-metrics.ts'
export { useDiagnosis } from './use-diagnosis.ts'
export { StreamText, type StreamTextProps, type StreamTextSource } from './stream-text.tsx'
export type { RenderBlock } from './text-group.tsx'
