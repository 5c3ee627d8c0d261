// EventSource: every one that the application makes from now on is watched, and told nothing of it.
import { RELAY_EVENT } from '../wire/protocol.ts'
import { closeHeld, holdBack, isToBeHeld } from './batch-event-source.ts'
import { createHandling } from './handling.ts'
import type { Observed } from './observed-stream.ts'
import { replaceConstructor, replaceMethod, type Restore } from './replace.ts'
import { listenFirst, watchMessages } from './watch-messages.ts'
import type { Watcher } from './watcher.ts'

/** What is known of an EventSource of the application. */
interface Watched {
  /** The application listens to events of this type. */
  listens(type: string): void
  closed(): void
}

const RELAY_TYPES: ReadonlySet<string> = new Set(Object.values(RELAY_EVENT))
const OWN_TYPES: ReadonlySet<string> = new Set(['open', 'error', 'message', ...RELAY_TYPES])

/** Patches `root.EventSource`. @param batch hold what comes back until the next frame */
export function patchEventSource(
  root: typeof globalThis,
  watcher: Watcher,
  batch: boolean,
): Restore {
  const { guard } = watcher
  const known = new WeakMap<object, Watched>()
  const arrivals = new WeakMap<Event, number>()
  const prototype = root.EventSource?.prototype
  if (prototype === undefined) return () => {}
  const made = (source: EventSource): void => {
    guard(() => {
      if ((batch || isToBeHeld()) && watcher.active)
        holdBack(source, watcher.page, (event, at) => arrivals.set(event, at), RELAY_TYPES)
    })
    guard(() => {
      const observed = watcher.open(source.url, 'event-source')
      if (observed) known.set(source, watch(watcher, source, observed, arrivals))
    })
  }
  const tellCall = (
    name: string,
    tell: (one: Watched, type: string) => void,
    always: (self: object) => void = () => {},
  ): Restore =>
    replaceMethod(prototype, name, ({ self, args: [type], call }) => {
      always(self as object)
      guard(() => {
        const one = known.get(self as object)
        if (one !== undefined) tell(one, String(type))
      })
      return call()
    })
  const restore = [
    replaceConstructor(root, 'EventSource', made),
    tellCall('addEventListener', (one, type) => one.listens(type)),
    tellCall('close', (one) => one.closed(), closeHeld),
  ]
  return () => restore.forEach((one) => one())
}

function watch(
  watcher: Watcher,
  target: EventSource,
  observed: Observed,
  arrivals: WeakMap<Event, number>,
): Watched {
  const { guard, clock, signal } = watcher
  const handling = createHandling(watcher, observed)
  const arrivedAt = (event: Event): number => arrivals.get(event) ?? clock.now()
  const types = new Set<string>()
  const frameOf = ({ type, data, lastEventId }: MessageEvent) => ({
    event: type,
    id: lastEventId === '' ? undefined : lastEventId,
    data: String(data),
  })
  const listens = (type: string): void => {
    if (types.has(type)) return
    types.add(type)
    watchMessages({ watcher, handling, target, type, frameOf, arrivedAt })
  }
  const on = (type: string, act: (event: Event) => void): void =>
    listenFirst(target, type, signal, (event) => guard(() => act(event)))
  on('open', () => observed.connection('open'))
  on('error', () => {
    if (target.readyState === target.CLOSED) observed.ended()
    else observed.connection('reconnecting')
  })
  for (const type of RELAY_TYPES) {
    on(type, (event) => {
      // What came before it counts before it.
      handling.end()
      observed.received([frameOf(event as MessageEvent)], arrivedAt(event))
    })
  }
  listens('message')
  return {
    listens: (type) => OWN_TYPES.has(type) || listens(type),
    closed: observed.ended,
  }
}
