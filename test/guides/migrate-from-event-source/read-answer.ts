import { createAgentStream } from 'framewise'
import { answers } from './answers.ts'

/** Shows an answer as it grows; returns what closes it. */
export function readAnswer(url: string, show: (text: string, line: string) => void): () => void {
  const stream = createAgentStream({ url, protocol: answers })
  stream.store.subscribe(({ messages, connection }) => show(messages[0]?.text ?? '', connection))
  stream.connect()
  return stream.close
}
