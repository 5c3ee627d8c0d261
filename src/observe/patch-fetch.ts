// fetch: a response whose body is a stream is looked at as the application reads it. The response is the page's own.
import { type BodyFrames, bodyFrames } from './body-frames.ts'
import { createHandling, type Handling } from './handling.ts'
import type { Observed } from './observed-stream.ts'
import { replaceMethod, type Restore } from './replace.ts'
import { type BodySink, tapResponse } from './tap-body.ts'
import type { Watcher } from './watcher.ts'

/** Patches `root.fetch`. */
export function patchFetch(root: typeof globalThis, watcher: Watcher): Restore {
  if (typeof root.fetch !== 'function') return () => {}
  return replaceMethod(root, 'fetch', ({ call }) => {
    const answer = call()
    // Whoever took our place before us may answer with something else.
    if (!(answer instanceof Promise)) return answer
    return answer.then((response: unknown) => {
      watcher.guard(() => response instanceof Response && see(response, watcher))
      return response
    })
  })
}

function see(response: Response, watcher: Watcher): void {
  const frames = response.ok ? bodyFrames(response.headers.get('content-type') ?? '') : null
  if (frames === null || response.body === null) return
  const begin = watcher.choose(response.url, 'fetch')
  if (begin !== null) tapResponse(response, createSink(watcher, begin, frames))
}

function createSink(watcher: Watcher, begin: () => Observed, framesOf: BodyFrames): BodySink {
  const { guard, clock } = watcher
  const decoder = new TextDecoder()
  let observed: Observed | null = null
  let handling: Handling | null = null
  // Not before: what is read as a whole, or by nobody, is no stream.
  const first = (): Handling => {
    observed = begin()
    observed.connection('open')
    return createHandling(watcher, observed)
  }
  const chunk = (bytes: Uint8Array): void => {
    if (!watcher.active) return
    const at = clock.now()
    // At once: by the time it has been handled, the bytes may have been given away.
    const text = decoder.decode(bytes, { stream: true })
    handling ??= first()
    handling.begin(at, () => framesOf(text))
    handling.endWithMicrotasks()
  }
  return {
    chunk: (bytes) => void guard(() => chunk(bytes)),
    ended: () => void guard(() => observed?.ended()),
  }
}
