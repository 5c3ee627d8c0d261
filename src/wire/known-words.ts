// Words of the protocols themselves: a recording without them could not be decoded, and they say nothing of anybody.

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Keys whose values are words of a protocol, if they are known. */
export const WORD_KEYS: ReadonlySet<string> = new Set(
  words(
    'type status status_type stream_status role reason finish_reason finishReason object source',
  ),
)

/** What such values may be. */
export const KNOWN_WORDS: ReadonlySet<string> = new Set([
  // AG-UI
  ...words(`
    RUN_STARTED RUN_FINISHED RUN_ERROR STEP_STARTED STEP_FINISHED TEXT_MESSAGE_START TEXT_MESSAGE_CONTENT
    TEXT_MESSAGE_END TEXT_MESSAGE_CHUNK THINKING_START THINKING_END THINKING_TEXT_MESSAGE_START
    THINKING_TEXT_MESSAGE_CONTENT THINKING_TEXT_MESSAGE_END REASONING_START REASONING_END
    REASONING_MESSAGE_START REASONING_MESSAGE_CONTENT REASONING_MESSAGE_END REASONING_MESSAGE_CHUNK
    TOOL_CALL_START TOOL_CALL_ARGS TOOL_CALL_END TOOL_CALL_CHUNK TOOL_CALL_RESULT STATE_SNAPSHOT STATE_DELTA
    MESSAGES_SNAPSHOT MESSAGE_SNAPSHOT ACTIVITY_SNAPSHOT ACTIVITY_DELTA RAW CUSTOM`),
  // roles and ends
  ...words(`
    assistant user system tool developer function reasoning activity completed stopped failed error stop length
    tool_calls content_filter agent_terminated END_STREAM STOP ERROR running pending initializing`),
  // Suna
  ...words(`
    status chunk complete reasoning_chunk tool_call_chunk thread_run_start thread_run_end assistant_response_start
    assistant_response_end finish tool_started tool_completed tool_failed tool_error llm_response_start
    llm_response_end ack estimate prep_stage thinking degradation timing llm_ttft context_usage
    tool_output_stream ping native function`),
  'summarizing context',
  // AI SDK
  ...words(`
    start text text-start text-delta text-end reasoning-start reasoning-delta reasoning-end tool-input-start
    tool-input-delta tool-input-available tool-input-error tool-output-available tool-output-error start-step
    finish-step abort source-url source-document file message-metadata tool-calls`),
  // OpenAI
  ...words(`
    chat.completion.chunk response message output_text function_call response.created response.in_progress
    response.output_item.added response.output_item.done response.content_part.added response.content_part.done
    response.output_text.delta response.output_text.done response.refusal.delta response.refusal.done
    response.function_call_arguments.delta response.function_call_arguments.done
    response.reasoning_text.delta response.reasoning_text.done response.reasoning_summary_text.delta
    response.reasoning_summary_text.done response.reasoning_summary_part.added
    response.reasoning_summary_part.done response.completed response.incomplete response.failed`),
])
