import type { AgentStreamState } from 'framewise'

type Shown = Pick<AgentStreamState, 'status' | 'connection' | 'error'>

/** What a person should know besides the messages, or null. */
export function noticeOf({ status, connection, error }: Shown): string | null {
  if (connection === 'offline') return 'No network. The answer goes on when it is back.'
  if (connection === 'reconnecting') return 'Reconnecting…'
  if (status === 'truncated') return 'The connection was lost: this answer may have a missing end.'
  if (status === 'failed') return error?.message ?? 'The agent failed.'
  return null
}
