// What the guide asks of a reducer, of the guide's own: batches may be cut anywhere, and nothing new is nothing new.
import fc from 'fast-check'
import type { AgentEvent } from 'framewise'
import { expect, it } from 'vitest'
import { nothing, reduceResearch } from './research.ts'

const event: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.record({ type: fc.constant('STEP_STARTED' as const), stepName: fc.string() }),
  fc.record({ type: fc.constant('STEP_FINISHED' as const), stepName: fc.string() }),
  fc.record({
    type: fc.constant('TEXT_MESSAGE_CONTENT' as const),
    messageId: fc.constant('m'),
    delta: fc.string(),
  }),
  fc.record({
    type: fc.constant('CUSTOM' as const),
    name: fc.constantFrom('source', 'other'),
    value: fc.oneof(fc.anything(), fc.record({ url: fc.webUrl(), title: fc.string() })),
  }),
)

it('gives the same state wherever the batches are cut', () => {
  fc.assert(
    fc.property(fc.array(event), fc.nat(), (events, cut) => {
      const at = cut % (events.length + 1)
      const [first, rest] = [events.slice(0, at), events.slice(at)]
      const inTwo = reduceResearch(reduceResearch(nothing, first), rest)
      expect(inTwo).toEqual(reduceResearch(nothing, events))
    }),
  )
})

it('gives the very same state for events that change nothing', () => {
  const foreign: AgentEvent[] = [{ type: 'CUSTOM', name: 'other', value: 1 }]
  expect(reduceResearch(nothing, foreign)).toBe(nothing)
})
