// AG-UI's other events, told in its plain ones: chunks (start, content and end in one, where later chunks may
// leave out the id), the deprecated THINKING events, which name no message, and what only passes through.
import type { Frame } from '../core/protocol.ts'
import { type Fields, maybeText, textOf } from './fields.ts'

/** What one run remembers between its frames. */
export interface AgUiMemory {
  /** Number of the run, from 0. */
  readonly run: number
  /** The message or call that chunks lengthen now. */
  open?: { readonly stem: string; readonly id: string; readonly end: PlainEvent } | undefined
  /** Message that THINKING events belong to. */
  thinking?: string | undefined
  thoughts: number
}

/** Type and fields of a plain event. */
export type PlainEvent = readonly [type: string, fields: Fields]

/** Tells an event in plain ones; undefined when its type is not known. */
export function spellOut(
  type: string,
  fields: Fields,
  { id }: Frame,
  memory: AgUiMemory,
): readonly PlainEvent[] | undefined {
  const [stem = '', step = ''] = type.split(/_(?=[A-Z]+$)/)
  const isCall = stem === 'TOOL_CALL'
  if (step === 'CHUNK' && (isCall || /^(TEXT|REASONING)_MESSAGE$/.test(stem))) {
    return spellOutChunk(stem, isCall ? 'toolCallId' : 'messageId', fields, memory)
  }
  if (stem === 'THINKING_TEXT_MESSAGE') return spellOutThought(step, fields, id, memory)
  if (stem === 'THINKING' || stem === 'REASONING') return []
  const passes = /^(RAW|ACTIVITY|SUBAGENT|REASONING_ENCRYPTED)$/.test(stem)
  return passes ? [['CUSTOM', { name: type, value: fields }]] : undefined
}

function spellOutChunk(
  stem: string,
  name: string,
  chunk: Fields,
  memory: AgUiMemory,
): PlainEvent[] {
  const { open } = memory
  const continued = open?.stem === stem ? open.id : undefined
  const id = maybeText(chunk[name]) ?? continued ?? textOf(chunk, name, `the first ${stem}_CHUNK`)
  const fields = { ...chunk, [name]: id }
  const events: PlainEvent[] = []
  if (id !== continued) {
    if (open !== undefined) events.push(open.end)
    events.push([`${stem}_START`, fields])
    memory.open = { stem, id, end: [`${stem}_END`, { [name]: id }] }
  }
  if (chunk['delta']) events.push([stem + (name === 'messageId' ? '_CONTENT' : '_ARGS'), fields])
  return events
}

// Keyed by log position where there is one, so that a stream that is read again gives the same ids.
function spellOutThought(
  step: string,
  fields: Fields,
  cursor: string | undefined,
  memory: AgUiMemory,
): PlainEvent[] {
  if (step === 'START') memory.thinking = undefined
  const messageId =
    (memory.thinking ??= `thinking:${cursor ?? `${memory.run}-${memory.thoughts++}`}`)
  return [[`REASONING_MESSAGE_${step}`, { ...fields, messageId }]]
}
