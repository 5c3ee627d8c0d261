// The port through which a run is written, whatever keeps it.
import type { EndReason } from '../../wire/protocol.ts'

/** Writes the events of one run, in order. */
export interface EventWriter {
  /**
   * Writes one payload. Never waits for the store: it resolves at once, unless so much is under way
   * that memory must be bounded; then a promise is given that resolves when there is room.
   * @throws when an earlier write has failed
   */
  write(payload: string): Promise<void> | undefined
  /** Tells that nothing follows, and resolves when all is stored. */
  end(reason: EndReason): Promise<void>
  /** Gives up at once. */
  abandon(): void
}

/** How long a synthetic run is kept in Redis, in seconds, counted from its last write. */
export const RUN_TTL_SECONDS = 600
