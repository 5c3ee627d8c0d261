// What one run of OpenAI's streams remembers. All of it survives JSON.
import type { AgentEvent } from '../core/events.ts'

/** Memory of one run. */
export interface OpenAiMemory {
  /** The message that is written: named after its completion or response, made up where these have no id. */
  message: string
  ended: boolean
  /** Completion that is under way, or that was the last one; null before the first. */
  completion: string | null
  /** Choices of it by index: false once they have their finish reason. */
  choices: Record<string, boolean>
  /** Choice that is reasoning. */
  reasoning: string | null
  /** Ids of tool calls by choice and index, or by output item. */
  calls: Record<string, string>
  /** What was streamed in pieces, and so is not to be told again as a whole. */
  told: Record<string, true>
}

/** The memory before the first event. */
export const openAiMemory = (run: number): OpenAiMemory => ({
  message: `message:${run}`,
  ended: false,
  completion: null,
  choices: {},
  reasoning: null,
  calls: {},
  told: {},
})

/** Ends the run, once. */
export function finishRun(
  memory: OpenAiMemory,
  reason: 'completed' | 'stopped' = 'completed',
): AgentEvent[] {
  if (memory.ended) return []
  memory.ended = true
  return [{ type: 'RUN_FINISHED', reason }]
}
