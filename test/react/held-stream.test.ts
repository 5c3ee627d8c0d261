import { expect, it } from 'vitest'
import { holdStream } from '../../src/react/held-stream.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { fakeTransport } from '../../src/testing/fake-transport.ts'
import { delta } from '../set-up-stream.ts'

it('calls the latest of what is given in frozen options, as immutable stores hand them out', async () => {
  const clock = createManualClock()
  const transport = fakeTransport()
  const heard: string[] = []
  const options = (name: string) =>
    Object.freeze({ transport, clock, onEvent: () => void heard.push(name) })
  const held = holdStream(options('first'))
  held.update(options('second'))
  held.stream.connect()
  await clock.settle()
  transport.send(delta('a'), delta('b'))
  await clock.advance(50)
  expect(heard).toEqual(['second', 'second'])
})
