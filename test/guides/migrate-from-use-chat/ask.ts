import type { UIMessage } from 'ai'
import type { StartContext } from 'framewise'

/** What `useChat` posts to its route, unless told otherwise. */
export interface Question {
  readonly id: string
  readonly messages: readonly UIMessage[]
  readonly trigger: 'submit-message'
}

export const ask = (question: Question, { signal }: StartContext): Promise<Response> =>
  fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
    signal,
  })
