'use client'
// `framewise/react`: hooks over the client.
export { useAgentStream, type AgentStreamResult } from './use-agent-stream.ts'
export { useMessage, useStreamState } from './use-stream-state.ts'
