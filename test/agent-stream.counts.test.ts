// How often a stream publishes, by the number: bursts, steady streams, hidden pages.
import { describe, expect, it } from 'vitest'
import { delta, finished, setUpStream, started } from './set-up-stream.ts'

describe('the number of publications', () => {
  it('is one beyond the leading one for 5,000 events of one read', async () => {
    let flushes = 0
    const { clock, transport, stream, state } = setUpStream({
      onFlush: ({ events }) => events > 0 && flushes++,
    })
    stream.connect()
    await clock.settle()
    transport.send(started())
    await clock.settle()
    expect(flushes).toBe(1)
    transport.send(...Array.from({ length: 4998 }, () => delta('x')), finished())
    await clock.advance(1000)
    expect(flushes).toBe(2)
    expect(state()).toMatchObject({ status: 'finished' })
    expect(state().messages[0]?.text).toHaveLength(4998)
  })

  it('follows the frames under a steady event each 5 ms', async () => {
    let flushes = 0
    const { clock, transport, stream } = setUpStream({
      schedule: 'frame',
      onFlush: ({ events }) => events > 0 && flushes++,
    })
    stream.connect()
    await clock.settle()
    for (let time = 0; time < 2000; time += 5) {
      transport.send(delta('x'))
      await clock.advance(5)
    }
    expect(flushes).toBeGreaterThanOrEqual(100)
    expect(flushes).toBeLessThanOrEqual(130)
  })

  it('is one a second while the page is hidden, and one on return', async () => {
    let flushes = 0
    const { clock, transport, stream, state } = setUpStream({
      onFlush: ({ events }) => events > 0 && flushes++,
    })
    stream.connect()
    await clock.settle()
    clock.setHidden(true)
    let sent = 0
    for (let time = 0; time < 60_000; time += 50, sent++) {
      transport.send(delta('x'))
      await clock.advance(50)
    }
    expect(flushes).toBeGreaterThan(50)
    expect(flushes).toBeLessThanOrEqual(61)
    transport.send(delta('x'), delta('x'))
    await clock.settle()
    const before = flushes
    clock.setHidden(false)
    await clock.settle()
    expect(flushes - before).toBe(1)
    expect(state().messages[0]?.text).toHaveLength(sent + 2)
    await clock.advance(1000)
    expect(flushes - before).toBe(1)
  })
})
