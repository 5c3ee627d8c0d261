// The port through which time reaches the pipeline; tests step it by hand.

/** Takes a scheduled call back; harmless after it ran. */
export type Cancel = () => void

/**
 * `offline`: the network is gone. `wake`: it is back, or the page was frozen or kept in a cache; connections may have
 * died unseen. `leave`: the last moment that is sure to come before the page is frozen or gone.
 */
export type Lifecycle = 'offline' | 'wake' | 'leave'

/** Time, frames and visibility of one page. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Calls back before the next paint; may never do so in a hidden page. */
  requestFrame(callback: () => void): Cancel
  /** Calls back in a task of its own as soon as possible, without a timer's clamp. */
  requestTask(callback: () => void): Cancel
  /**
   * Asked for in a frame callback: calls back once that frame has been rendered; before other tasks that wait by then
   * where there is `scheduler.postTask` (Chromium, Firefox from 142 on), elsewhere after them.
   */
  requestAfterPaint(callback: () => void): Cancel
  /** Calls back after `ms` milliseconds, later in a hidden page. */
  setTimer(callback: () => void, ms: number): Cancel
  /** True while nobody can see the page. */
  hidden(): boolean
  /** Tells when the page is hidden or shown again. */
  onVisibilityChange(callback: () => void): Cancel
  /** False while the page knows that it has no network. */
  online(): boolean
  /** Tells of what happens to the page as a whole. */
  onLifecycle(callback: (change: Lifecycle) => void): Cancel
}
