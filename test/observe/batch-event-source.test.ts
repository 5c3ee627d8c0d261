// What is held back until the next frame, and what comes of it when the application closes.
import { expect, it } from 'vitest'
import { holdBack } from '../../src/observe/batch-event-source.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { FakeEventSource } from './fake-event-source.ts'

function setUp() {
  const clock = createManualClock()
  const source = new FakeEventSource('http://page.test/events')
  holdBack(source as unknown as EventSource, clock)
  const seen: string[] = []
  for (const type of ['open', 'message', 'error']) {
    source.addEventListener(type, (event) => {
      seen.push(event instanceof MessageEvent ? String(event.data) : type)
      if (seen.at(-1) === '[DONE]') source.close()
    })
  }
  return { clock, source, seen }
}

it('delivers what came before an error, and then the error', async () => {
  const { clock, source, seen } = setUp()
  source.tell('message', '1')
  await clock.settle()
  source.tell('message', '2')
  source.break()
  expect(seen).toEqual(['1', '2', 'error'])
})

it('tells no error to who has closed at what came before it', async () => {
  const { clock, source, seen } = setUp()
  source.tell('message', '1')
  await clock.settle()
  source.tell('message', '2')
  source.tell('message', '[DONE]')
  source.break()
  await clock.advance(1000)
  expect(seen).toEqual(['1', '2', '[DONE]'])
})

it('delivers an error that a script sends, whatever has been closed', () => {
  const { source, seen } = setUp()
  source.close()
  source.dispatchEvent(new Event('error'))
  expect(seen).toEqual(['error'])
})
