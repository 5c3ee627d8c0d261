import { createAgentStream } from 'framewise'
import { answers } from './answers.ts'

/** Another origin, with cookies, and a token that is fetched anew when the old one is refused. */
export const readElsewhere = (url: string, getToken: (fresh: boolean) => Promise<string>) =>
  createAgentStream({
    url,
    protocol: answers,
    token: ({ reason }) => getToken(reason === 'unauthorized'),
    fetch: (input, init) => fetch(input, { ...init, credentials: 'include' }),
  })
