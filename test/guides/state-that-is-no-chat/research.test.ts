import { createAgentStream } from 'framewise'
import { createManualClock, fakeTransport } from 'framewise/testing'
import { expect, it } from 'vitest'
import { nothing, reduceResearch } from './research.ts'

it('collects sources, and leaves out what is none', async () => {
  const [clock, transport] = [createManualClock(), fakeTransport()]
  const stream = createAgentStream({
    transport,
    clock,
    reduce: reduceResearch,
    initialState: nothing,
  })
  stream.connect()
  await clock.settle()
  transport.send(
    { type: 'STEP_STARTED', stepName: 'search' },
    { type: 'CUSTOM', name: 'source', value: { url: 'https://example.com', title: 'Example' } },
    { type: 'CUSTOM', name: 'source', value: null },
  )
  await clock.advance(100)
  expect(stream.store.getState().state).toEqual({
    step: 'search',
    sources: [{ url: 'https://example.com', title: 'Example' }],
    chars: 0,
  })
})
