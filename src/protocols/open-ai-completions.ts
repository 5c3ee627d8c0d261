// Chat Completions chunks, as OpenAI and those who speak its dialect write them. Every choice is a message.
// The run ends with the last choice's finish reason, not only with `[DONE]`, which some leave out; but not
// when tools are called: an agent behind the same connection goes on with another completion.
import type { AgentEvent } from '../core/events.ts'
import { asText, fail, type Fields, isObject, maybeText } from './fields.ts'
import { finishRun, type OpenAiMemory } from './open-ai-memory.ts'

const CALLS_TOOLS = /^(tool_calls|function_call)$/

/** Events of one chunk. */
export function completionEvents(chunk: Fields, memory: OpenAiMemory): AgentEvent[] {
  const choices = objectsOf(chunk['choices'])
  const events = choices.length === 0 ? [] : begin(chunk, memory)
  let ends = false
  for (const choice of choices) {
    events.push(...choiceEvents(choice, memory))
    ends ||= reasonOf(choice) !== null
  }
  // Some vendors send the usage so far with every chunk.
  const { usage } = chunk
  if (isObject(usage) && (ends || choices.length === 0)) {
    events.push({ type: 'CUSTOM', name: 'usage', value: usage })
  }
  return events
}

// Named once: not all vendors keep the id from chunk to chunk. A new id counts when all choices are finished.
function begin(chunk: Fields, memory: OpenAiMemory): AgentEvent[] {
  const id = maybeText(chunk['id']) ?? ''
  const over = !Object.values(memory.choices).includes(true)
  if (memory.completion !== null && !(over && id !== '' && id !== memory.completion)) return []
  memory.completion = id
  if (id !== '') memory.message = id
  memory.ended = false
  memory.choices = {}
  memory.calls = {}
  return [{ type: 'RUN_STARTED', runId: id === '' ? undefined : id }]
}

function choiceEvents(choice: Fields, memory: OpenAiMemory): AgentEvent[] {
  const index = String(choice['index'] ?? 0)
  const messageId = index === '0' ? memory.message : `${memory.message}:${index}`
  const delta = isObject(choice['delta']) ? choice['delta'] : {}
  memory.choices[index] ??= true
  const { content } = delta
  const thoughts = Array.isArray(content) ? content.filter(isObject) : []
  const reasoning =
    textIn(delta['reasoning_content'] ?? delta['reasoning']) +
    thoughts.map((item) => textIn(item['thinking'])).join('')
  const said = textIn(content) + textIn(delta['refusal']) + textIn(choice['text'])
  const calls = delta['tool_calls'] ?? []
  const events: AgentEvent[] = [
    ...textEvents('REASONING_MESSAGE_CONTENT', messageId, reasoning),
    ...textEvents('TEXT_MESSAGE_CONTENT', messageId, said),
    ...objectsOf(calls).flatMap((call, at) =>
      callEvents(memory, messageId, `${index}/${String(call['index'] ?? at)}`, call),
    ),
  ]
  const { function_call: call, annotations } = delta
  if (isObject(call)) events.push(...callEvents(memory, messageId, `${index}/function`, call))
  if (Array.isArray(annotations) && annotations.length > 0) {
    events.push({ type: 'CUSTOM', name: 'annotations', value: annotations })
  }
  if (reasoning !== '') memory.reasoning = index
  else if (memory.reasoning === index && events.length > 0) {
    memory.reasoning = null
    events.unshift({ type: 'REASONING_MESSAGE_END', messageId })
  }
  const reason = reasonOf(choice)
  return reason === null ? events : [...events, ...finishChoice(memory, index, messageId, reason)]
}

// Until there is one it is null, for some an empty string, for a few the word.
function reasonOf(choice: Fields): string | null {
  const reason = maybeText(choice['finish_reason']) ?? ''
  return reason === '' || reason === 'null' ? null : reason
}

// Mistral tells content that has been thought about as a list of texts and thoughts.
function textIn(value: unknown): string {
  if (!Array.isArray(value)) return maybeText(value) ?? ''
  return objectsOf(value)
    .map((item) => maybeText(item['text']) ?? '')
    .join('')
}

function textEvents(
  type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT',
  messageId: string,
  delta: string,
): AgentEvent[] {
  return delta === '' ? [] : [{ type, messageId, delta }]
}

// The id stands in a call's first delta; a vendor that numbers all calls 0 tells them apart by it.
function callEvents(
  { calls }: OpenAiMemory,
  messageId: string,
  key: string,
  call: Fields,
): AgentEvent[] {
  const inner = [call['function'], call['custom']].find(isObject) ?? call
  const toolCallId = maybeText(call['id']) || (calls[key] ?? `${messageId}:call-${key}`)
  const args = asText(inner['arguments'] ?? inner['input'] ?? '')
  const events: AgentEvent[] = []
  if (calls[key] !== toolCallId) {
    calls[key] = toolCallId
    const toolCallName = maybeText(inner['name']) ?? ''
    events.push({ type: 'TOOL_CALL_START', toolCallId, toolCallName, parentMessageId: messageId })
  }
  if (args !== '') events.push({ type: 'TOOL_CALL_ARGS', toolCallId, delta: args })
  return events
}

function finishChoice(
  memory: OpenAiMemory,
  index: string,
  messageId: string,
  reason: string,
): AgentEvent[] {
  memory.choices[index] = false
  const events: AgentEvent[] = [
    { type: 'REASONING_MESSAGE_END', messageId },
    { type: 'TEXT_MESSAGE_END', messageId },
    ...Object.entries(memory.calls)
      .filter(([key]) => key.startsWith(`${index}/`))
      .map(([, toolCallId]) => ({ type: 'TOOL_CALL_END', toolCallId }) as const),
  ]
  if (CALLS_TOOLS.test(reason)) return events
  if (reason !== 'stop') events.push({ type: 'CUSTOM', name: 'finish_reason', value: reason })
  return Object.values(memory.choices).includes(true) ? events : [...events, ...finishRun(memory)]
}

function objectsOf(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? list.filter(isObject) : fail('an array', list)
}
