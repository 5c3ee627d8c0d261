import { createAgentStream } from 'framewise'
import { json } from 'framewise/protocols'

/** Counts the votes that come in: `data: {"option":"a"}`. */
export const countVotes = (url: string) =>
  createAgentStream({
    url,
    protocol: json(),
    initialState: 0,
    reduce: (votes, events) =>
      votes + events.filter((event) => event.type === 'CUSTOM' && isVote(event.value)).length,
  })

const isVote = (value: unknown): boolean => value instanceof Object && 'option' in value
