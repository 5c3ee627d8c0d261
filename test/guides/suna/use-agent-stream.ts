import { useRef } from 'react'
import type { ChatMessage, ReceivedEvent, RunState, StartContext } from 'framewise'
import { useAgentStream as useStream } from 'framewise/react'
import { post } from './api.ts'
import { type Endpoint, relay } from './endpoints.ts'

interface Thread {
  readonly threadId: string
  /** The run that is under way when the page opens, or null. */
  readonly activeRunId: string | null
  /** What the database has of the thread. */
  readonly history: readonly ChatMessage[]
  /** A token that is valid now: asked for on every connect. */
  readonly getToken: () => Promise<string>
  /** The mutation that the page has. */
  readonly addUserMessage: (text: string) => Promise<void>
  readonly onEvent?: (received: ReceivedEvent) => void
  readonly onFinish?: (run: RunState) => void
  readonly endpoint?: Endpoint
}

export function useAgentStream(thread: Thread) {
  const { threadId, activeRunId, getToken, endpoint = relay } = thread
  const runId = useRef(activeRunId)
  return useStream({
    id: threadId,
    ...(activeRunId === null ? {} : { url: endpoint.url(activeRunId) }),
    protocol: endpoint.protocol,
    idleTimeoutMs: endpoint.idleTimeoutMs,
    token: getToken,
    initialMessages: thread.history,
    onEvent: thread.onEvent,
    onFinish: thread.onFinish,
    async start(text: string, { signal }: StartContext) {
      await thread.addUserMessage(text)
      const answer = await post(`/thread/${threadId}/agent/start`, await getToken(), signal)
      const { agent_run_id: run } = answer as { agent_run_id: string }
      runId.current = run
      return { url: endpoint.url(run), runId: run }
    },
    async cancel() {
      await post(`/agent-run/${runId.current}/stop`, await getToken())
    },
  })
}
