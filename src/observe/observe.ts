// observe(): the streams of an application that does not use the SDK, measured as the SDK measures its own. It patches what
// the page opens streams with, passes everything on, and can take itself back.
import { browserClock } from '../frame/browser-clock.ts'
import type { ObserveOptions, Watching } from './options.ts'
import { patchEventSource } from './patch-event-source.ts'
import { patchFetch } from './patch-fetch.ts'
import { patchWebSocket } from './patch-web-socket.ts'
import { createWatcher } from './watcher.ts'

// Two copies of this file, a script and an import, must not both patch a page.
const KEY = Symbol.for('framewise.observe')

/**
 * Measures every `EventSource`, streaming `fetch` and `WebSocket` that the page opens from now on: call it before the
 * application loads. The application gets what it would have got: the same bytes, order and errors. While it watches,
 * another call gives the same watching, whatever its options. On a server and in a Worker it watches nothing.
 * @example
 * const watching = observe()
 * for (const stream of watching.streams()) console.log(stream.url, stream.diagnosis().verdict)
 */
export function observe(options: ObserveOptions = {}): Watching {
  if (typeof document === 'undefined')
    return { streams: () => [], onStream: () => () => {}, stop() {} }
  const page = globalThis as typeof globalThis & { [KEY]?: Watching | undefined }
  page[KEY] ??= watch(page, options, () => delete page[KEY])
  return page[KEY]
}

function watch(page: typeof globalThis, options: ObserveOptions, onStop: () => void): Watching {
  const { fetch } = page
  const watcher = createWatcher(browserClock(), options, (...args) => fetch(...args))
  const restore = [
    patchEventSource(page, watcher, options.batch === true),
    patchFetch(page, watcher),
    patchWebSocket(page, watcher),
  ]
  return {
    streams: () => watcher.streams,
    onStream: watcher.onStream,
    stop() {
      if (!watcher.active) return
      restore.forEach((one) => one())
      watcher.stop()
      onStop()
    },
  }
}
