// Times the handlers of one type of event: a listener of ours runs before all of the application's and one after, and the
// application's own are left alone. A handler has returned when the microtask runs that its look at `data` set off.
import type { Frame } from '../core/protocol.ts'
import type { Handling } from './handling.ts'
import type { Watcher } from './watcher.ts'

// The page's own, whatever a patch of ours or of others makes of an object's.
const { addEventListener, removeEventListener } = EventTarget.prototype

/** Listens before everybody else. */
export function listenFirst(
  target: EventTarget,
  type: string,
  signal: AbortSignal,
  listener: (event: Event) => void,
): void {
  addEventListener.call(target, type, listener, { capture: true, signal })
}

/** Options of {@link watchMessages}. */
export interface WatchedMessages {
  readonly watcher: Watcher
  /** The deliveries of this stream, of all types. */
  readonly handling: Handling
  readonly target: EventTarget
  readonly type: string
  readonly frameOf: (event: MessageEvent) => Frame
  /** When an event arrived, where that was before it is delivered. @default as it is delivered */
  readonly arrivedAt?: ((event: Event) => number) | undefined
}

// Listeners that the application adds later come after ours: so often ours goes to the end once more.
const MOVE_MS = 100

/** Watches messages of `type` at `target` until the watcher stops. */
export function watchMessages(options: WatchedMessages): void {
  const { watcher, handling, target, type, frameOf, arrivedAt } = options
  const { clock, guard, signal } = watcher
  let movedAt = -Infinity
  const after = ({ isTrusted }: Event): void => {
    // What is sent by a script keeps the microtasks waiting until that has returned.
    guard(isTrusted ? handling.end : handling.endWithMicrotasks)
  }
  const moveToEnd = (): void => {
    removeEventListener.call(target, type, after)
    if (watcher.active) addEventListener.call(target, type, after, { signal })
  }
  const begin = (event: MessageEvent): void => {
    const at = clock.now()
    if (at - movedAt > MOVE_MS) {
      movedAt = at
      clock.requestTask(moveToEnd)
    }
    tellOfLooks(event, watcher)
    handling.begin(arrivedAt?.(event) ?? at, () => [frameOf(event)])
  }
  listenFirst(target, type, signal, (event) => guard(() => begin(event as MessageEvent)))
  moveToEnd()
  // The application's first listeners are added right after its constructor returned.
  clock.requestTask(moveToEnd)
}

// The microtask comes before those that the handler sets off once it knows what came.
function tellOfLooks(event: MessageEvent, { attribution, guard }: Watcher): void {
  const data: unknown = event.data
  let looks = 0
  let isRunning = false
  const look = (): void => {
    if (isRunning) return
    if (looks++ > 0) guard(attribution.worked)
    isRunning = true
    queueMicrotask(() => {
      isRunning = false
      guard(attribution.returned)
    })
  }
  Object.defineProperty(event, 'data', {
    configurable: true,
    enumerable: false,
    get() {
      look()
      return data
    },
  })
}
