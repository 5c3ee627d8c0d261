// Messages and their parts: what a chat is made of, and what an application renders.

/** Who speaks. */
export type ChatRole = 'user' | 'assistant' | 'tool' | 'system'

/** A stretch of text or reasoning. */
export interface TextPart {
  readonly id: string
  readonly type: 'text' | 'reasoning'
  readonly text: string
  readonly state: 'streaming' | 'done'
}

/** A call to a tool; `args` is JSON text, complete once `state` is `done`. */
export interface ToolCallPart {
  readonly id: string
  readonly type: 'tool-call'
  readonly toolCallId: string
  /** Empty while only arguments have been seen. */
  readonly name: string
  readonly args: string
  readonly state: 'streaming' | 'done'
}

/** What a tool answered. */
export interface ToolResultPart {
  readonly id: string
  readonly type: 'tool-result'
  readonly toolCallId: string
  readonly content: string
}

/** Anything else a protocol passes through. */
export interface DataPart {
  readonly id: string
  readonly type: 'data'
  readonly name: string
  readonly value: unknown
}

/** One part of a message. */
export type MessagePart = TextPart | ToolCallPart | ToolResultPart | DataPart

/** A part that has not got its id yet. */
export type BarePart<Part = MessagePart> = Part extends MessagePart ? Omit<Part, 'id'> : never

/** One message. Identities are stable: a message that a flush did not touch is the same object after it. */
export interface ChatMessage {
  readonly id: string
  readonly role: ChatRole
  /** Run that produced it, or null where none is known. */
  readonly runId: string | null
  readonly parts: readonly MessagePart[]
  /**
   * Only of a message that was shown before the agent had it (`start(input, { optimistic })`): on its way, taken, or
   * not sent. The server's own message of the same id takes its place.
   */
  readonly delivery?: 'pending' | 'sent' | 'failed' | undefined
  /** Text of all `text` parts, in order. */
  readonly text: string
}

/** State of the default reducer. */
export interface ChatState {
  readonly messages: readonly ChatMessage[]
  /** Run that new messages belong to. */
  readonly runId: string | null
}
