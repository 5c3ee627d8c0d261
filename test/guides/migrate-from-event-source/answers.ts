import type { Decoded, Protocol } from 'framewise'

/** `data: {"text":"Hel"}` makes an answer longer, `event: done` ends it. */
export const answers: Protocol = {
  name: 'answers',
  resume: 'cursor',
  start: (run) => ({ messageId: `answer-${run}` }),
  decode({ event, data }, memory): Decoded {
    if (event === 'done') return { kind: 'events', events: [{ type: 'RUN_FINISHED' }] }
    const { messageId } = memory as { messageId: string }
    const { text } = JSON.parse(data) as { text?: unknown }
    if (typeof text !== 'string') return { kind: 'malformed', reason: 'expected a text' }
    return { kind: 'events', events: [{ type: 'TEXT_MESSAGE_CONTENT', messageId, delta: text }] }
  },
}
