// The one vocabulary that every protocol decodes into: AG-UI's events, by their own names.
// Only MESSAGE_SNAPSHOT is ours: AG-UI can replace all messages at once, but not a single one.
// @see https://docs.ag-ui.com/concepts/events
import type { ChatMessage, ChatRole } from './chat-message.ts'

/** Lifecycle of a run. */
export type RunEvent =
  | { readonly type: 'RUN_STARTED'; readonly runId?: string | undefined }
  | {
      readonly type: 'RUN_FINISHED'
      readonly runId?: string | undefined
      /** `stopped` when somebody asked the run to stop. @default 'completed' */
      readonly reason?: 'completed' | 'stopped' | undefined
    }
  | {
      readonly type: 'RUN_ERROR'
      readonly message: string
      readonly code?: string | undefined
    }
  | { readonly type: 'STEP_STARTED' | 'STEP_FINISHED'; readonly stepName: string }

/** Text and reasoning, each under the id of the message it belongs to. */
export type TextEvent =
  | {
      readonly type: 'TEXT_MESSAGE_START'
      readonly messageId: string
      readonly role?: ChatRole | undefined
    }
  | {
      readonly type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT'
      readonly messageId: string
      readonly delta: string
    }
  | {
      readonly type: 'TEXT_MESSAGE_END' | 'REASONING_MESSAGE_START' | 'REASONING_MESSAGE_END'
      readonly messageId: string
    }

/** Tool calls; without `parentMessageId` a call stands in a message of its own. */
export type ToolEvent =
  | {
      readonly type: 'TOOL_CALL_START'
      readonly toolCallId: string
      readonly toolCallName: string
      readonly parentMessageId?: string | undefined
    }
  | { readonly type: 'TOOL_CALL_ARGS'; readonly toolCallId: string; readonly delta: string }
  | { readonly type: 'TOOL_CALL_END'; readonly toolCallId: string }
  | {
      readonly type: 'TOOL_CALL_RESULT'
      readonly messageId: string
      readonly toolCallId: string
      readonly content: string
    }

/** Whole states, and whatever a protocol passes through. */
export type StateEvent =
  | { readonly type: 'MESSAGES_SNAPSHOT'; readonly messages: readonly ChatMessage[] }
  | {
      /**
       * One message in its final shape; it takes the place of `replaces`, or of its own id. Reasoning and
       * data that were streamed stay where the final shape has none.
       */
      readonly type: 'MESSAGE_SNAPSHOT'
      readonly message: ChatMessage
      readonly replaces?: string | undefined
    }
  | { readonly type: 'STATE_SNAPSHOT'; readonly snapshot: unknown }
  | { readonly type: 'STATE_DELTA'; readonly delta: unknown }
  | { readonly type: 'CUSTOM'; readonly name: string; readonly value: unknown }

/** One decoded event. */
export type AgentEvent = RunEvent | TextEvent | ToolEvent | StateEvent

/** A delta: an event that only lengthens one part, and so may merge with its neighbour. */
export type DeltaEvent = Extract<AgentEvent, { delta: string }>
