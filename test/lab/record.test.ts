import { expect, it } from 'vitest'
import { record } from '../../src/lab/record.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { replay } from '../../src/transport/replay.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { recordingOf } from './a-track.ts'

const recording = recordingOf([
  { t: 5, event: { n: 1 }, id: 'a' },
  { t: 15, event: { n: 2 } },
])

async function recorded(transport: Transport) {
  const clock = createManualClock()
  const { signal } = new AbortController()
  const recording = record({ transport, protocol: 'ag-ui', forMs: 1000, clock, signal })
  await clock.advance(1000)
  return recording
}

it('keeps what comes, with its times and cursors', async () => {
  const { events, timing } = await recorded(replay(recording))
  expect(timing).toBe('arrival')
  expect(events).toEqual(recording.events.map((event) => ({ ...event, t: event.t - 5 })))
})

it('keeps nothing of where it comes from: an address may hold a ticket', async () => {
  const name = 'https://agent.example/run?ticket=secret'
  const kept = await recorded({ ...replay(recording), name })
  expect(JSON.stringify(kept)).not.toContain('secret')
  expect(kept.layout).toBe('unknown')
})
