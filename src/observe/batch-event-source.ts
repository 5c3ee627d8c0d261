// EventSource, delivering once a frame. It is the page's own: events are held back on their way and sent on as copies, in
// order, when it is time. So whatever an EventSource does (reconnect, close, count its listeners) it does as ever.
import type { Clock } from '../core/clock.ts'
import { createBatcher } from '../frame/batcher.ts'
import { browserClock } from '../frame/browser-clock.ts'
import { replace, replaceMethod } from './replace.ts'

/**
 * An `EventSource` that delivers once a frame: all that came since the last one, in one task, in order. In a hidden page
 * once a second. `open` and `error` come as they do, after what came before them; after `close()` nothing comes.
 * What differs: events say `isTrusted: false`.
 * @throws what `new EventSource` throws
 * @example const source = batchEventSource('/events')
 */
export function batchEventSource(url: string | URL, init?: EventSourceInit): EventSource {
  const page = globalThis as { [HELD]?: true }
  page[HELD] = true
  try {
    const source = new EventSource(url, init)
    // Whoever watches may have done so already.
    if (!(HELD in source)) holdBack(source, browserClock())
    return source
  } finally {
    delete page[HELD]
  }
}

// Known to every copy of this file, a script and an import. On a source: closes what is held of it. On the page, while one
// is made that is to be held: whoever watches holds it before they listen, or they would hear of each event twice.
const HELD = Symbol.for('framewise.held')
const { addEventListener } = EventTarget.prototype

/** True while a source is made that is to be held. */
export const isToBeHeld = (): boolean => HELD in globalThis

/** `source` is closed, by whatever way past its own `close`: what is held of it does not come any more. */
export function closeHeld(source: object): void {
  ;(source as { [HELD]?: () => void })[HELD]?.()
}

/**
 * Holds back what `source` delivers; to be called before anybody listens.
 * @param onSend told of each copy before it is sent, with the time when the event came
 * @param also types to hold before the application listens to them
 */
export function holdBack(
  source: EventSource,
  clock: Clock,
  onSend: (copy: Event, at: number) => void = () => {},
  also: Iterable<string> = [],
): void {
  const types = new Set<string>()
  let isClosed = false
  const batcher = createBatcher<readonly [MessageEvent, number]>({
    schedule: 'frame',
    clock,
    onBatch(batch) {
      for (const [event, at] of batch) {
        if (isClosed) return
        send(event, at)
      }
    },
  })
  const send = (event: MessageEvent, at: number): void => {
    const { type, data, origin, lastEventId } = event
    const copy = new MessageEvent(type, { data: data as unknown, origin, lastEventId })
    onSend(copy, at)
    source.dispatchEvent(copy)
  }
  const first = (type: string, listener: (event: Event) => void): void =>
    addEventListener.call(source, type, listener, { capture: true })
  const hold = (type: string): void => {
    if (types.has(type)) return
    types.add(type)
    first(type, (event) => {
      if (!event.isTrusted) return
      event.stopImmediatePropagation()
      if (!isClosed) batcher.push([event as MessageEvent, clock.now()])
    })
  }
  const flushBefore = (event: Event): void => {
    batcher.flush()
    // Whoever closed at what came before would not have heard of it.
    if (isClosed && event.isTrusted) event.stopImmediatePropagation()
  }
  const close = (): void => {
    isClosed = true
    batcher.close()
  }
  replace(source, HELD, close)
  first('open', flushBefore)
  first('error', flushBefore)
  for (const type of ['message', ...also]) hold(type)
  replaceMethod(source, 'addEventListener', ({ call, args: [type] }) => {
    const name = String(type)
    if (name !== 'open' && name !== 'error') hold(name)
    return call()
  })
  replaceMethod(source, 'close', ({ call }) => {
    close()
    return call()
  })
}
