// Messages and their parts: what a chat is made of, and what an application renders.

/** Who speaks. */
export type ChatRole = 'user' | 'assistant' | 'tool' | 'system'

/** A stretch of text, or of reasoning. */
export interface TextPart<Type extends 'text' | 'reasoning' = 'text' | 'reasoning'> {
  /** Unique in its message, and the same for its whole life. */
  readonly id: string
  /** `reasoning` is what the model thought; it is no part of the message's `text`. */
  readonly type: Type
  /** All that has come of it. */
  readonly text: string
  /** `done` once its end was told, or the run's. */
  readonly state: 'streaming' | 'done'
}

/** A call to a tool; `args` is JSON text, complete once `state` is `done`. */
export interface ToolCallPart {
  /** Unique in its message, and the same for its whole life. */
  readonly id: string
  readonly type: 'tool-call'
  /** What its result answers to. */
  readonly toolCallId: string
  /** Empty while only arguments have been seen. */
  readonly name: string
  readonly args: string
  readonly state: 'streaming' | 'done'
}

/** What a tool answered. */
export interface ToolResultPart {
  /** Unique in its message, and the same for its whole life. */
  readonly id: string
  readonly type: 'tool-result'
  /** The call that it answers. */
  readonly toolCallId: string
  /** As the tool gave it; often JSON text. */
  readonly content: string
}

/** Anything else a protocol passes through. */
export interface DataPart {
  /** Unique in its message, and the same for its whole life. */
  readonly id: string
  readonly type: 'data'
  /** The event's own type, or the name it was given. */
  readonly name: string
  /** As it came: check it before it is shown. */
  readonly value: unknown
}

/** One part of a message. */
export type MessagePart =
  | TextPart<'text'>
  | TextPart<'reasoning'>
  | ToolCallPart
  | ToolResultPart
  | DataPart

/** A part that has not got its id yet. */
export type BarePart<Part = MessagePart> = Part extends MessagePart ? Omit<Part, 'id'> : never

/** One message. Identities are stable: a message that a flush did not touch is the same object after it. */
export interface ChatMessage {
  /** Unique in the conversation. */
  readonly id: string
  /** Who speaks in it. */
  readonly role: ChatRole
  /** Run that produced it, or null where none is known. */
  readonly runId: string | null
  /** Text, reasoning, calls and data in the order they began. */
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
