// The wire breaks at any byte, once and twice: the text is the same to the byte, nothing is lost, nothing comes twice.
import { describe, expect, it } from 'vitest'
import { sse } from '../../src/index.ts'
import { cutFetch } from './cut-fetch.ts'
import { ENDPOINTS, type Endpoint } from './endpoints.ts'
import { type Outcome, readCut } from './read-cut.ts'

const WAYS = [
  {
    name: 'over SSE',
    read: (endpoint: Endpoint, cuts: readonly number[]): Promise<Outcome> =>
      readCut(endpoint, sse({ url: '/run', fetch: cutFetch(endpoint, cuts) })),
  },
] as const

describe.each(WAYS)('$name', ({ read }) => {
  describe.each(ENDPOINTS)('$name', (endpoint) => {
    it('comes to the same wherever it is cut, once and twice', async () => {
      const whole = await read(endpoint, [])
      const first = new TextEncoder().encode(
        endpoint.serve({ after: null, url: '/run', connection: 0 }),
      ).length
      expect(whole).toMatchObject({ status: 'finished', gaps: 0, counted: expect.any(Number) })
      expect(first).toBeLessThan(4096)
      for (let cut = 0; cut <= first; cut++) {
        // The second cut walks through what is left at another pace than the first.
        for (const cuts of [[cut], [cut, (cut * 61) % first]]) {
          const { messages, events, status, gaps } = await read(endpoint, cuts)
          expect({ cuts, messages, events, status, gaps }).toEqual({
            cuts,
            messages: whole.messages,
            events: whole.events,
            status: 'finished',
            gaps: 0,
          })
        }
      }
    }, 120_000)
  })
})
