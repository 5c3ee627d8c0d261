// Reads one transport after the other, each across its cuts, and says what the wire does meanwhile.
import type { Clock } from '../core/clock.ts'
import type { ConnectionStatus } from '../core/connection.ts'
import type { AgentStreamError } from '../core/errors.ts'
import type { Intake } from '../core/intake.ts'
import type { Protocol } from '../core/protocol.ts'
import type { Receive } from './receiver.ts'
import { readAcrossCuts, type ReconnectPolicy } from '../transport/reconnect.ts'
import type { Transport } from '../transport/transport.ts'

/** What a reader works with. */
export interface ReaderOptions {
  readonly clock: Clock
  readonly protocol: Protocol
  readonly intake: Intake
  readonly receive: Receive
  readonly policy: ReconnectPolicy
  readonly idleTimeoutMs: number | undefined
  readonly maxEventChars: number | undefined
  /** Ask a relay for its stamps. */
  readonly timing: boolean
  /** The wire is in another state. */
  readonly onMove: (status: ConnectionStatus) => void
  /** The browser seems to hold the request back; it goes on waiting. */
  readonly onStall: (error: AgentStreamError) => void
  /** Nothing more will come from what was read, as the last item said. */
  readonly onLast: () => void
  /** Nothing more will come, and nothing said so; the error says why, unless the other side just ended. */
  readonly onGivenUp: (error: AgentStreamError | null) => void
}

/** Reads for one stream. */
export interface Reader {
  /** What is being read; null while nothing is. */
  readonly current: Transport | null
  /** True when another connection can go on with it. */
  resumable(): boolean
  /** Reads this from now on, and nothing else. */
  read(transport: Transport): void
  /** Reads nothing any more; no callback comes of that. */
  drop(): void
}

/** Makes a reader that reads nothing yet. */
export function createReader(options: ReaderOptions): Reader {
  const { intake, receive } = options
  let current: Transport | null = null
  let controller = new AbortController()

  const resumable = (): boolean => current?.once !== true && intake.resumable()
  const run = async (transport: Transport, controller: AbortController): Promise<void> => {
    const { signal } = controller
    const reads = readAcrossCuts({
      ...options,
      transport,
      signal,
      cursor: intake.open,
      news: intake.news,
      resumable,
      onStall: (error) => signal.aborted || options.onStall(error),
      onState: ({ status }) => signal.aborted || options.onMove(status),
    })
    let step = await reads.next()
    while (step.done !== true && !signal.aborted && !receive(step.value, signal)) {
      step = await reads.next()
    }
    if (!signal.aborted) {
      current = null
      if (step.done === true) options.onGivenUp(step.value)
      else options.onLast()
    }
    // Not awaited: the transport closes in its own time, and nothing of it is read any more.
    controller.abort()
    void reads.return(null)
  }
  const drop = (): void => {
    current = null
    controller.abort()
  }
  return {
    get current() {
      return current
    },
    resumable,
    read(transport) {
      drop()
      current = transport
      controller = new AbortController()
      void run(transport, controller)
    },
    drop,
  }
}
