import { createAgentStream } from 'framewise'
import type { AgentStream } from 'framewise'

/** Asks the application for a token on every connect: so one that runs out is no more than a reconnect. */
export function openRun(runId: string): AgentStream {
  return createAgentStream({
    url: `/v1/streams/${runId}/events`,
    token: async () => (await fetch(`/api/runs/${runId}/token`)).text(),
  })
}
