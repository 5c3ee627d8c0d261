import { createAgentStream } from 'framewise'
import { answers } from './answers.ts'

/** Asks by a POST whose response is the answer. */
export const openChat = (id: string) =>
  createAgentStream({
    id,
    protocol: answers,
    start: (question: { readonly text: string }, { signal }) =>
      fetch('/api/chat', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(question),
        signal,
      }),
  })
