import { createAgentStream, type StartContext } from 'framewise'
import { aiSdk, openAi } from 'framewise/protocols'

/** Asks for a run; the answer is the run. */
export const streamRun = (input: object, { signal }: StartContext): Promise<Response> =>
  fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal,
  })

/** A proxy of your own before OpenAI: what is cut stays cut. */
export const openAiChat = (id: string) =>
  createAgentStream({ id, protocol: openAi(), start: streamRun })

/** A route of AI SDK whose runs can be read again at another address: what is cut goes on there. */
export const aiSdkChat = (id: string) =>
  createAgentStream({ url: `/api/chat/${id}/stream`, protocol: aiSdk(), start: streamRun })
