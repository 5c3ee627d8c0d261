import type { CancelContext, StartContext } from 'framewise'

/** What somebody says. The id is the page's own: the server keeps it, so that both mean the same message. */
export interface Said {
  readonly chat: string
  readonly id: string
  readonly text: string
}

/** Asks for a run; the answer says where it can be read. */
export async function startRun(said: Said, { signal }: StartContext) {
  const response = await fetch('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(said),
    signal,
  })
  if (!response.ok) throw new Error(`The agent is not there (${response.status}).`)
  const { runId } = (await response.json()) as { runId: string }
  return { url: `/v1/streams/${runId}/events`, runId }
}

/** Asks the agent to end a run. */
export async function cancelRun({ runId }: CancelContext): Promise<void> {
  const response = await fetch(`/api/runs/${runId}/stop`, { method: 'POST' })
  if (!response.ok) throw new Error(`The agent could not be stopped (${response.status}).`)
}
