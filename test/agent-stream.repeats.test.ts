// What comes once more, and what must not go: repeats without ids, counts, what was said, a response in the hand.
import { expect, it } from 'vitest'
import { createAgentStream } from '../src/index.ts'
import { agUi, aiSdk } from '../src/protocols/index.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { control, delta, setUpStream, started } from './set-up-stream.ts'

const bare = (text: string) => ({ ...delta(text), id: undefined })

// Events without ids that follow an id come again after a resume from that id.
it('shows events without ids, between events with ids, once', async () => {
  const { clock, transport, stream, state } = setUpStream()
  stream.connect()
  await clock.settle()
  transport.send(delta('a', 'c1'), bare('b'))
  await clock.settle()
  transport.cut()
  await clock.advance(1000)
  transport.send(bare('b'), delta('c', 'c2'))
  await clock.advance(50)
  expect(state().messages[0]?.text).toBe('abc')
})

// tap.rejected() is called within the reading of a replay too, whose items are then dropped.
it('counts a malformed event once, however often it is replayed', async () => {
  const { clock, transport, stream } = setUpStream({ protocol: { ...agUi, resume: 'from-start' } })
  const bad = { event: 'message', id: undefined, data: '{' }
  stream.connect()
  await clock.settle()
  transport.send(bare('a'), bad, bare('b'))
  await clock.settle()
  transport.cut()
  await clock.advance(1000)
  transport.send(bare('a'), bad, bare('b'), bare('c'))
  await clock.advance(50)
  expect(stream.metrics.snapshot()).toMatchObject({ events: 4, malformed: 1 })
})

// A shared log that is replaced takes the state back to a base without what was said since.
it('keeps what was said when the log is replaced', async () => {
  const { clock, transport, stream, state } = setUpStream({ start: async () => undefined })
  stream.connect()
  await clock.settle()
  await stream.start('x', { optimistic: 'said' })
  const gap = control('gap', { reason: 'replaced', from: null, to: null })
  transport.send(gap, started('n'), delta('new', 'c9'))
  await clock.advance(50)
  expect(state().messages.map(({ text }) => text)).toContain('said')
})

// A wake drops a healthy POST response for the home address, which may have nothing to tell yet.
it('does not end a run because the page woke while its POST streams', async () => {
  const clock = createManualClock()
  const stream = createAgentStream({
    url: '/home',
    clock,
    protocol: aiSdk(),
    fetch: async () => new Response(null, { status: 204 }),
    start: async () =>
      new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } }),
  })
  await stream.start('hi')
  await clock.settle()
  clock.setOnline(false)
  clock.setOnline(true)
  await clock.advance(5000)
  expect(stream.store.getState().status).toBe('submitted')
})
