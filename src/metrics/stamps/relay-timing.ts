// Reads the relay's stamps; what looks like them and is not gives nothing.
import type { RelayTiming } from '../../wire/protocol.ts'

/** The stamps in `data`, or null: anybody can send an event of that name. */
export function timingIn(data: string): RelayTiming | null {
  try {
    const timing = JSON.parse(data) as RelayTiming
    const { n, readStartMs, readEndMs, sentMs, rttMs } = timing
    return [n, readStartMs, readEndMs, sentMs, rttMs].every(Number.isFinite) ? timing : null
  } catch {
    return null
  }
}
