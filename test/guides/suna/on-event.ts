import type { ReceivedEvent } from 'framewise'

/** What a page may want to hear of beside the messages. */
export interface Heard {
  readonly onToolOutput: (output: { tool_call_id: string; output: string }) => void
  readonly onAck: () => void
}

/** For `onEvent`: what Suna sends beside the messages keeps its own type as its name. */
export const hear =
  ({ onToolOutput, onAck }: Heard) =>
  ({ event }: ReceivedEvent): void => {
    if (event.type !== 'CUSTOM') return
    if (event.name === 'tool_output_stream') onToolOutput(event.value as never)
    if (event.name === 'ack') onAck()
  }
