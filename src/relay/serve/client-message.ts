// What a client says on a WebSocket, read with suspicion.

/** One message; null stands for what is missing or no text. */
export interface ReceivedMessage {
  readonly op: string
  readonly stream: string | null
  /** What is no text, as JSON: it fails the check for a cursor. Null means the start. */
  readonly after: string | null
  readonly timing: boolean
  readonly token: string | null
  readonly cursor: string | null
}

/** Parses a message; null when it is none. */
export function parseMessage(text: string): ReceivedMessage | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { op, stream, after = null, timing, token, cursor } = value as Record<string, unknown>
    if (typeof op !== 'string') return null
    return {
      op,
      stream: textOrNull(stream),
      after: after === null ? null : (textOrNull(after) ?? JSON.stringify(after)),
      timing: timing === true,
      token: textOrNull(token),
      cursor: textOrNull(cursor),
    }
  } catch {
    return null
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
