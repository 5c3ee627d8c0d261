// A run that says just what a test wants to read.
import type { AgentEvent } from '../core/events.ts'
import { slicesOf } from './prose.ts'

/** What a run of one text is called and cut into. */
export interface TextRunOptions {
  /** Characters (code points) of each delta. @default 4 */
  readonly chunk?: number | undefined
  /** Id of the run. @default 'run-1' */
  readonly runId?: string | undefined
  /** Id of its message. @default 'm1' */
  readonly messageId?: string | undefined
}

/**
 * The events of a run whose only message has this text.
 * @throws TypeError for a chunk that is not a whole number above 0
 * @example void relay.play('run-1', textRun('It is 21 degrees in Oslo.'))
 */
export function textRun(text: string, options: TextRunOptions = {}): readonly AgentEvent[] {
  const { chunk = 4, runId = 'run-1', messageId = 'm1' } = options
  if (!Number.isSafeInteger(chunk) || chunk < 1) {
    throw new TypeError(`textRun: expected \`chunk\` of 1 or more characters, got ${String(chunk)}`)
  }
  return [
    { type: 'RUN_STARTED', runId },
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    ...slicesOf(text, chunk).map((delta): AgentEvent => ({
      type: 'TEXT_MESSAGE_CONTENT',
      messageId,
      delta,
    })),
    { type: 'TEXT_MESSAGE_END', messageId },
    { type: 'RUN_FINISHED', runId },
  ]
}
