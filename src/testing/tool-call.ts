// Tool calls for the synthetic agent: arguments as JSON text in deltas, and an answer.
import type { AgentEvent } from '../core/events.ts'
import { lengthOf, sentences, slicesOf } from './prose.ts'
import type { SeededRandom } from './seeded-random.ts'

const TOOLS = ['web_search', 'run_tests'] as const

/** A call of the synthetic agent. */
export interface ToolCall {
  readonly name: string
  /** Its arguments, one JSON text cut into deltas. */
  readonly args: readonly string[]
  /** What the tool answers. */
  readonly content: string
}

/** Makes the call of one turn. A short run gives arguments bigger pieces rather than cutting them off. */
export function toolCall(
  random: SeededRandom,
  turn: number,
  chunk: number,
  events: number,
): ToolCall {
  const args = JSON.stringify({ query: sentences(random, 40), limit: 1 + random.below(9) })
  const size = Math.max(chunk, Math.ceil(lengthOf(args) / Math.ceil(events / 32)))
  const hits = [1, 2, 3].map((rank) => ({ rank, title: sentences(random, 30) }))
  const name = TOOLS[turn % TOOLS.length] ?? TOOLS[0]
  return { name, args: slicesOf(args, size), content: JSON.stringify({ hits }) }
}

/** The events of a call and its result. */
export function calling(call: ToolCall, toolCallId: string, parentMessageId: string): AgentEvent[] {
  return [
    { type: 'TOOL_CALL_START', toolCallId, toolCallName: call.name, parentMessageId },
    ...call.args.map((delta): AgentEvent => ({ type: 'TOOL_CALL_ARGS', toolCallId, delta })),
    { type: 'TOOL_CALL_END', toolCallId },
    {
      type: 'TOOL_CALL_RESULT',
      messageId: `${toolCallId}-result`,
      toolCallId,
      content: call.content,
    },
  ]
}
