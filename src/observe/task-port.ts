// A task of its own, through a channel of its own. Messages of one channel may be handled in one go, with nothing in
// between; of two channels, the one that was sent first comes first.
import type { Clock } from '../core/clock.ts'
import type { Guard } from './guard.ts'

/** Calls back in a task, after all tasks that were posted before. One call at a time. */
export type TaskPort = (callback: () => void) => void

/** Opens a channel. Where there is none, the clock's own tasks serve. */
export function createTaskPort(clock: Clock, guard: Guard): TaskPort {
  if (typeof MessageChannel !== 'function') return (callback) => void clock.requestTask(callback)
  const { port1, port2 } = new MessageChannel()
  let waiting: (() => void) | null = null
  port1.onmessage = () => {
    const callback = waiting
    waiting = null
    if (callback !== null) guard(callback)
  }
  return (callback) => {
    waiting = callback
    port2.postMessage(null)
  }
}
