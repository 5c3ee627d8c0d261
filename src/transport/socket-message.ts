// What the relay sends over a WebSocket, binary: one line of JSON that names the stream, then bytes of its SSE.

/** One message, taken apart. */
export interface SocketMessage {
  readonly stream: string
  /** A piece of the stream's bytes, split anywhere. */
  readonly bytes: Uint8Array
}

const LF = 10
const decoder = new TextDecoder()

/** Takes a message apart; null for anything that is none. */
export function readMessage(data: unknown): SocketMessage | null {
  if (!(data instanceof ArrayBuffer)) return null
  const bytes = new Uint8Array(data)
  const lineEnd = bytes.indexOf(LF)
  if (lineEnd < 0) return null
  try {
    const line: unknown = JSON.parse(decoder.decode(bytes.subarray(0, lineEnd)))
    const { stream } = line as { readonly stream?: unknown }
    return typeof stream === 'string' ? { stream, bytes: bytes.subarray(lineEnd + 1) } : null
  } catch {
    return null
  }
}
