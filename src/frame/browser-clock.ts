// The only file that names a browser's timers and frames. Safe to load anywhere, also on a server.
import type { Cancel, Clock, Lifecycle } from '../core/clock.ts'

/** One frame of a 60 Hz display, in ms: stands in for a frame where there is no display. */
export const FRAME_MS: number = 1000 / 60

/** The clock of the page this runs in; in a Worker or on a server frames are timers. */
export function browserClock(): Clock {
  const page = typeof document === 'undefined' ? null : document
  return {
    now,
    requestFrame: typeof requestAnimationFrame === 'function' ? animationFrame : timedFrame,
    requestTask,
    requestAfterPaint,
    setTimer,
    hidden: () => page?.visibilityState === 'hidden',
    onVisibilityChange(callback) {
      page?.addEventListener('visibilitychange', callback)
      return () => page?.removeEventListener('visibilitychange', callback)
    },
    online: () => page === null || navigator.onLine,
    onLifecycle: page === null ? () => () => {} : (callback) => listen(page, callback),
  }
}

// One for all: it is the same time.
const now = (): number => performance.now()

// `freeze` and `resume` are Chromium's; elsewhere a page that comes back shows itself by `pageshow`.
// @see https://developer.chrome.com/docs/web-platform/page-lifecycle-api
function listen(page: Document, callback: (change: Lifecycle) => void): Cancel {
  const leave = (): void => callback('leave')
  const wake = (): void => callback('wake')
  const over = new AbortController()
  const on = (target: EventTarget, name: string, listener: (event: Event) => void): void =>
    target.addEventListener(name, listener, { signal: over.signal })
  on(window, 'offline', () => callback('offline'))
  on(window, 'online', wake)
  on(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && wake())
  on(page, 'resume', wake)
  on(window, 'pagehide', leave)
  on(page, 'freeze', leave)
  on(page, 'visibilitychange', () => page.visibilityState === 'hidden' && leave())
  return () => over.abort()
}

function animationFrame(callback: () => void): Cancel {
  const handle = requestAnimationFrame(callback)
  return () => cancelAnimationFrame(handle)
}

const timedFrame = (callback: () => void): Cancel => setTimer(callback, FRAME_MS)

function setTimer(callback: () => void, ms: number): Cancel {
  const handle = setTimeout(callback, ms)
  return () => clearTimeout(handle)
}

// A message is a task of its own without the 4 ms that nested timers are clamped to.
// On Node an open port keeps the process alive: it may, as a timer does, but only while a task waits.
interface NodePort {
  ref?: () => void
  unref?: () => void
}
let channel: MessageChannel | undefined
const tasks: (() => void)[] = []

function requestTask(callback: () => void): Cancel {
  // Some test environments (jest's jsdom) have no channels; a timer serves.
  if (typeof MessageChannel !== 'function') return setTimer(callback, 0)
  return post(callback, (task) => {
    tasks.push(task)
    channel ??= openChannel()
    ;(channel.port1 as NodePort).ref?.()
    channel.port2.postMessage(null)
  })
}

interface Prioritized {
  readonly scheduler?: {
    postTask?(task: () => void, options: { readonly priority: 'user-blocking' }): void
  }
}

// A message is behind those that others have posted: where a page is busy, React's next render is among them and would
// be taken for paint.
// @see https://wicg.github.io/scheduling-apis/
function requestAfterPaint(callback: () => void): Cancel {
  const { scheduler } = globalThis as Prioritized
  if (typeof scheduler?.postTask !== 'function') return requestTask(callback)
  return post(callback, (task) => scheduler.postTask?.(task, { priority: 'user-blocking' }))
}

function post(callback: () => void, into: (task: () => void) => void): Cancel {
  let live = true
  into(() => {
    if (live) callback()
  })
  return () => {
    live = false
  }
}

function openChannel(): MessageChannel {
  const opened = new MessageChannel()
  opened.port1.onmessage = () => {
    const task = tasks.shift()
    if (tasks.length === 0) (opened.port1 as NodePort).unref?.()
    task?.()
  }
  return opened
}
