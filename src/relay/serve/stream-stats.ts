// Answers of `GET /v1/streams/{id}`. The store cannot tell an entry's cursor without giving all its bytes, however many
// they are: who asks while an answer is on its way is given that one, and few are on their way at a time.
import type { Backend, StreamStat } from '../backend.ts'
import { createGate } from '../hub/gate.ts'

/** Gives a stream's state, which may have been looked at while the caller came. */
export type StreamStats = (id: string) => Promise<StreamStat>

const AT_A_TIME = 4

/** Creates the way to ask. */
export function createStreamStats(backend: Pick<Backend, 'stat'>): StreamStats {
  const gate = createGate(AT_A_TIME)
  const asked = new Map<string, Promise<StreamStat>>()

  function ask(id: string): Promise<StreamStat> {
    const answer = gate.pass(id, () => backend.stat(id)).finally(() => asked.delete(id))
    asked.set(id, answer)
    return answer
  }

  return (id) => asked.get(id) ?? ask(id)
}
