// WebSocket: every one that the application makes from now on is watched. A message is an event; what is binary counts,
// and is not read.
import { messageFrame } from './body-frames.ts'
import { createHandling } from './handling.ts'
import type { Observed } from './observed-stream.ts'
import { replaceConstructor, type Restore } from './replace.ts'
import { listenFirst, watchMessages } from './watch-messages.ts'
import type { Watcher } from './watcher.ts'

/** Patches `root.WebSocket`. */
export function patchWebSocket(root: typeof globalThis, watcher: Watcher): Restore {
  return replaceConstructor<WebSocket>(root, 'WebSocket', (socket) => {
    watcher.guard(() => {
      const observed = watcher.open(socket.url, 'websocket')
      if (observed) watch(watcher, socket, observed)
    })
  })
}

function watch(watcher: Watcher, target: WebSocket, observed: Observed): void {
  const on = (type: string, act: () => void): void =>
    listenFirst(target, type, watcher.signal, () => watcher.guard(act))
  on('open', () => observed.connection('open'))
  on('close', observed.ended)
  const frameOf = ({ data }: MessageEvent) => messageFrame(typeof data === 'string' ? data : '')
  const handling = createHandling(watcher, observed)
  watchMessages({ watcher, handling, target, type: 'message', frameOf })
}
