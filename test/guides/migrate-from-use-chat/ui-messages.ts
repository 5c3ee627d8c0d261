import type { UIMessage } from 'ai'
import type { ChatMessage, MessagePart } from 'framewise'

type UiPart = UIMessage['parts'][number]
type Bare<Part = MessagePart> = Part extends MessagePart ? Omit<Part, 'id'> : never

/** A message of AI SDK, say from your database, for `initialMessages` and `hydrate`. */
export function fromUiMessage({ id, role, parts }: UIMessage): ChatMessage {
  return {
    id,
    role,
    runId: null,
    parts: parts.flatMap(fromUiPart).map((part, index) => ({ ...part, id: `${id}:${index}` })),
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  }
}

function fromUiPart(part: UiPart): Bare[] {
  if (part.type === 'text' || part.type === 'reasoning') {
    return [{ type: part.type, text: part.text, state: 'done' }]
  }
  if (!('toolCallId' in part)) return [{ type: 'data', name: part.type, value: part }]
  const { type, toolCallId, input = {} } = part
  const name = type === 'dynamic-tool' ? part.toolName : type.slice('tool-'.length)
  const call: Bare = {
    type: 'tool-call',
    toolCallId,
    name,
    args: JSON.stringify(input),
    state: 'done',
  }
  if (part.state !== 'output-available') return [call]
  return [call, { type: 'tool-result', toolCallId, content: asText(part.output) }]
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** A message as a route of AI SDK takes it: text, and tools with their results. */
export function toUiMessage({ id, role, parts }: ChatMessage): UIMessage {
  return {
    id,
    role: role === 'tool' ? 'assistant' : role,
    parts: parts.flatMap((part) => toUiPart(part, parts)),
  }
}

function toUiPart(part: MessagePart, parts: readonly MessagePart[]): UiPart[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }]
  if (part.type !== 'tool-call' || part.state !== 'done') return []
  const { toolCallId, name: toolName, args } = part
  const result = parts.find(
    (other) => other.type === 'tool-result' && other.toolCallId === toolCallId,
  )
  // A call without a result is none that a model could go on from.
  if (result?.type !== 'tool-result') return []
  return [
    {
      type: 'dynamic-tool',
      toolName,
      toolCallId,
      state: 'output-available',
      input: JSON.parse(args) as unknown,
      output: result.content,
    },
    { type: 'step-start' }, // what follows was said with the result at hand
  ]
}
