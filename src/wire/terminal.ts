// Which producer payloads end a run. Relay and browser must agree on this, so it is part of the wire.
import type { EndReason } from './protocol.ts'

// A bare Suna status is `{"type":"status","status":…}` without an envelope; control signals arrive as statuses too.
const STATUS_REASON: ReadonlyMap<string, EndReason> = new Map([
  ['completed', 'completed'],
  ['END_STREAM', 'completed'],
  ['stopped', 'stopped'],
  ['STOP', 'stopped'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['ERROR', 'failed'],
])

/** How a bare status or control signal ends its run, or null when it ends nothing. */
export function endReasonOfStatus(status: string): EndReason | null {
  return STATUS_REASON.get(status) ?? null
}

/**
 * How a parsed payload ends its run, or null when it ends nothing.
 * Terminal are a bare Suna status and AG-UI's RUN_FINISHED and RUN_ERROR; a Suna `type: error` alone is not.
 */
export function endReasonOf(payload: unknown): EndReason | null {
  if (typeof payload !== 'object' || payload === null) return null
  const { type, status, reason } = payload as { type?: unknown; status?: unknown; reason?: unknown }
  if (type === 'status' && typeof status === 'string') return endReasonOfStatus(status)
  if (type === 'RUN_FINISHED') return reason === 'stopped' ? 'stopped' : 'completed'
  if (type === 'RUN_ERROR') return 'failed'
  return null
}
