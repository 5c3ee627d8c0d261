// The arm that does nothing with what it receives: the floor under the other two.
import type { Clock, Transport } from 'framewise'
import type { ArmCost } from './arm-cost.ts'

/** Receives a stream to its end and drops every frame: nothing is decoded, stored or shown. */
export async function discard(transport: Transport, signal: AbortSignal): Promise<ArmCost> {
  const startedAt = clock.now()
  let receiveMs = 0
  for await (const { at, frames } of transport.open({ after: null, signal, clock })) {
    receiveMs += clock.now() - at
    // A WebSocket carries many streams and stays open after the end of one.
    if (frames.some(({ event }) => event === 'relay.end')) break
  }
  const runMs = clock.now() - startedAt
  return { runMs, receiveMs, publishMs: 0, paintMs: 0, renders: 0, arrivalToPaintP95: null }
}

// A transport only asks for the time; the rest is here because the port has it.
const clock: Clock = {
  now: () => performance.now(),
  requestFrame: (callback) => clock.setTimer(callback, 16),
  requestTask: (callback) => clock.setTimer(callback, 0),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  hidden: () => document.visibilityState === 'hidden',
  onVisibilityChange(callback) {
    document.addEventListener('visibilitychange', callback)
    return () => document.removeEventListener('visibilitychange', callback)
  },
  online: () => true,
  onLifecycle: () => () => {},
}
