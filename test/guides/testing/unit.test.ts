import { expect, it } from 'vitest'
import { createAgentStream } from 'framewise'
import { createManualClock, eventFrame, fakeTransport, relayFrame } from 'framewise/testing'

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm1',
  delta: text,
})

it('shows a gap between what came before a cut and what came after', async () => {
  const clock = createManualClock()
  const transport = fakeTransport()
  // Half of every wait: the first one is 250 ms then.
  const reconnect = { random: () => 0.5 }
  const stream = createAgentStream({ transport, clock, reconnect })
  stream.connect()
  await clock.settle()

  transport.send(eventFrame(delta('before'), 'c-1'))
  await clock.settle()
  expect(stream.store.getState().messages[0]?.text).toBe('before')

  transport.cut()
  await clock.advance(20) // a frame, in which the change is published
  expect(stream.store.getState().connection).toBe('reconnecting')

  await clock.advance(250)
  expect(transport.opened).toEqual([null, 'c-1'])

  transport.send(relayFrame('gap', { reason: 'trimmed', from: 'c-1', to: 'c-9' }))
  transport.send(eventFrame(delta(' after'), 'c-9'))
  await clock.advance(100)
  expect(stream.store.getState().gaps).toMatchObject([{ reason: 'trimmed' }])
  stream.close()
})
