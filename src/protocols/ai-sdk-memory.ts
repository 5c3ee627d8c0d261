// What one run of AI SDK's UI message stream remembers: its message, the parts that grow in it, and its steps.
// All of it survives JSON.
import { noSteps, type Steps } from './ai-sdk-steps.ts'

/** Memory of one run. */
export interface AiSdkMemory {
  /** The message that chunks belong to; none of them names it but `start`. */
  message: string
  /** `start`s without their `finish`: merged streams bring several. */
  running: number
  ended: boolean
  /** The text that grows in the message. */
  text: string | null
  /** Texts that began while another one grew. Each stands in a message of its own, or their words would mix. */
  aside: Record<string, true>
  /** Calls whose input came in pieces. */
  pieces: Record<string, true>
  steps: Steps
}

/** The memory before the first chunk. */
export const aiSdkMemory = (run: number): AiSdkMemory => ({
  message: `message:${run}`,
  running: 0,
  ended: false,
  text: null,
  aside: {},
  pieces: {},
  steps: noSteps(),
})

/** Message of a text that begins. */
export function beginText(memory: AiSdkMemory, id: string): string {
  if (memory.text === null) memory.text = id
  if (memory.text !== id) memory.aside[id] = true
  return messageOf(memory, id)
}

/** Message of a text; for one whose beginning was not seen, the run's message. */
export function messageOf({ message, aside }: AiSdkMemory, id: string): string {
  return Object.hasOwn(aside, id) ? `${message}:${id}` : message
}

/** Message of a text that ends. */
export function endText(memory: AiSdkMemory, id: string): string {
  const messageId = messageOf(memory, id)
  if (memory.text === id) memory.text = null
  delete memory.aside[id]
  return messageId
}

/** Nothing grows any more. */
export function dropParts(memory: AiSdkMemory): void {
  memory.text = null
  memory.aside = {}
  memory.pieces = {}
}
