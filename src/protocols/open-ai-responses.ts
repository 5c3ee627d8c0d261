// The events of the Responses API. A response is one message, its output items are parts of it.
// All is told twice, in pieces and as a whole: the whole counts only where its pieces did not come.
import type { AgentEvent } from '../core/events.ts'
import { type Fields, isObject, maybeText, textOf } from './fields.ts'
import { apart, argsEvents, itemDone, itemStart, tellOnce, textEvents } from './open-ai-items.ts'
import { finishRun, type OpenAiMemory } from './open-ai-memory.ts'

// What comes in pieces: the kind of part it lengthens, the field with its number, and the field of the whole.
const PIECES: ReadonlyMap<string, readonly [kind: string, number: string, whole: string]> = new Map(
  [
    ['output_text', ['text', 'content_index', 'text']],
    ['refusal', ['text', 'content_index', 'refusal']],
    ['reasoning_text', ['reasoning', 'content_index', 'text']],
    ['reasoning_summary_text', ['summary', 'summary_index', 'text']],
    ['function_call_arguments', ['args', '', 'arguments']],
    ['custom_tool_call_input', ['args', '', 'input']],
    ['mcp_call_arguments', ['args', '', 'arguments']],
  ],
)

// How parts and hosted tools get on: their items tell what came out.
const SILENT =
  /^response\.((queued|in_progress)$|(content_part|reasoning_summary_part|audio|code_interpreter_call|code_interpreter_call_code|compaction|file_search_call|image_generation_call|mcp_call|mcp_list_tools|shell_call_command|shell_call_output_content|web_search_call)\.)/

/** Events of one event; undefined when its type is not known. */
export function responseEvents(
  type: string,
  event: Fields,
  memory: OpenAiMemory,
): readonly AgentEvent[] | undefined {
  const item = isObject(event['item']) ? event['item'] : {}
  switch (type) {
    case 'response.created':
      return begin(event, memory)
    case 'response.output_item.added':
      return itemStart(item, keyOf(event), memory)
    case 'response.output_item.done':
      return itemDone(item, keyOf(event), memory)
    case 'response.output_text.annotation.added':
      return [{ type: 'CUSTOM', name: 'annotation', value: event['annotation'] }]
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
    case 'response.cancelled':
      return end(type, event, memory)
    default:
      return pieceEvents(type, event, memory) ?? (SILENT.test(type) ? [] : undefined)
  }
}

function pieceEvents(
  type: string,
  event: Fields,
  memory: OpenAiMemory,
): readonly AgentEvent[] | undefined {
  const [, part = '', step = ''] = /^response\.(\w+)\.(delta|done)$/.exec(type) ?? []
  const [kind, number, whole] = PIECES.get(part) ?? []
  if (kind === undefined || number === undefined || whole === undefined) return undefined
  const key = keyOf(event)
  const place = Number(event[number] ?? 0)
  const text = textOf(event, step === 'delta' ? 'delta' : whole, type)
  const isFirst = tellOnce(memory, `${key}/${kind}/${place}`)
  if (step === 'done' && !isFirst) return []
  return kind === 'args'
    ? argsEvents(key, text, memory)
    : textEvents(kind, isFirst ? apart(kind, place, text) : text, memory)
}

// The message begins here, so that what comes before its first word is a part of it.
function begin(event: Fields, memory: OpenAiMemory): AgentEvent[] {
  const id = maybeText(responseOf(event)['id'])
  memory.message = id ?? memory.message
  memory.ended = false
  memory.calls = {}
  memory.told = {}
  return [
    { type: 'RUN_STARTED', runId: id },
    { type: 'TEXT_MESSAGE_START', messageId: memory.message, role: 'assistant' },
  ]
}

function end(type: string, event: Fields, memory: OpenAiMemory): AgentEvent[] {
  const { output, usage, error, incomplete_details: details } = responseOf(event)
  const items: readonly unknown[] = Array.isArray(output) ? output : []
  const events = items.flatMap((item, index) =>
    isObject(item) && typeof item['type'] === 'string' ? itemDone(item, String(index), memory) : [],
  )
  if (isObject(usage)) events.push({ type: 'CUSTOM', name: 'usage', value: usage })
  if (isObject(details)) events.push({ type: 'CUSTOM', name: 'incomplete_details', value: details })
  if (type !== 'response.failed') {
    const reason = type === 'response.cancelled' ? 'stopped' : 'completed'
    return [...events, ...finishRun(memory, reason)]
  }
  memory.ended = true
  const { message, code } = isObject(error) ? error : {}
  const words = maybeText(message) ?? 'the response failed'
  return [...events, { type: 'RUN_ERROR', message: words, code: maybeText(code) }]
}

// By place: some who stand between change the ids of items from event to event.
function keyOf(event: Fields): string {
  return String(event['output_index'] ?? event['item_id'])
}

function responseOf(event: Fields): Fields {
  return isObject(event['response']) ? event['response'] : {}
}
