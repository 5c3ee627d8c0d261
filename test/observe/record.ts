// Everything that an application can see of a stream, written down.
import { until } from './scripts.ts'

/** One line of what was seen. */
export type Seen = readonly unknown[]

const nameOf = (thrown: unknown): string =>
  thrown instanceof Error || thrown instanceof DOMException ? thrown.name : String(thrown)

/** What a call threw, or gave. */
export function attempt(call: () => unknown): Seen {
  try {
    return ['gave', call()]
  } catch (thrown) {
    return ['threw', nameOf(thrown), String((thrown as Error).message)]
  }
}

/** The same of a promise. */
export async function outcome(promise: Promise<unknown>): Promise<Seen> {
  try {
    return ['resolved', await promise]
  } catch (thrown) {
    return ['rejected', nameOf(thrown)]
  }
}

/** Records an EventSource until `lines` were seen. */
export async function recordEventSource(
  url: string,
  types: readonly string[],
  isDone: (seen: readonly Seen[]) => boolean,
  isTrusted = true,
): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  const source = new EventSource(url)
  const note =
    (who: string) =>
    (event: Event): void => {
      const { type, data, lastEventId, origin } = event as MessageEvent
      const about = [event.constructor === MessageEvent, event.isTrusted === isTrusted]
      const place = [event.target === source, event.currentTarget === source, event.eventPhase]
      const isMessage = 'lastEventId' in event
      const what = isMessage ? [data, lastEventId, origin, ...about] : []
      seen.push([who, type, ...what, source.readyState, ...place])
    }
  seen.push(['made', source.readyState, source.url, source.withCredentials, source.onmessage])
  seen.push([source instanceof EventSource, source.constructor === EventSource])
  const handler = note('onmessage')
  source.onopen = note('onopen')
  source.onerror = note('onerror')
  source.onmessage = handler
  seen.push([source.onmessage === handler])
  const once = note('once')
  const removed = note('removed')
  const over = new AbortController()
  source.addEventListener('message', once, { once: true })
  source.addEventListener('message', removed)
  source.addEventListener('message', note('aborted'), { signal: over.signal })
  source.addEventListener('message', { handleEvent: note('object') })
  source.addEventListener('message', note('capture'), { capture: true })
  source.addEventListener('message', handler)
  source.addEventListener('message', null as unknown as EventListener)
  source.removeEventListener('message', removed)
  over.abort()
  for (const type of types) source.addEventListener(type, note(type))
  await until(() => isDone(seen))
  source.close()
  source.close()
  seen.push(['closed', source.readyState])
  return seen
}

/** Records a WebSocket to its end. */
export async function recordSocket(
  url: string,
  binaryType: BinaryType,
  send: readonly (string | Uint8Array<ArrayBuffer>)[],
  isDone: (seen: readonly Seen[]) => boolean,
): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  const socket = new WebSocket(url, [])
  socket.binaryType = binaryType
  seen.push([socket.readyState, socket.url, socket.protocol, socket.extensions, socket.binaryType])
  seen.push([socket instanceof WebSocket, socket.constructor === WebSocket])
  seen.push(['too early', ...attempt(() => socket.send('x'))])
  const waiting: Promise<void>[] = []
  socket.onopen = () => {
    seen.push(['open', socket.readyState, socket.bufferedAmount])
    for (const one of send) socket.send(one)
    seen.push([socket.bufferedAmount > 0 || send.length === 0])
  }
  socket.onmessage = ({ data, origin, isTrusted }: MessageEvent<unknown>) => {
    const line: unknown[] = ['message', origin, isTrusted]
    seen.push(line)
    if (data instanceof Blob) waiting.push(data.text().then((text) => void line.push('blob', text)))
    else if (data instanceof ArrayBuffer) line.push('buffer', ...new Uint8Array(data))
    else line.push(data)
  }
  socket.onerror = ({ type }) => seen.push([type])
  socket.addEventListener('close', ({ code, reason, wasClean }) =>
    seen.push(['close', code, reason, wasClean, socket.readyState]),
  )
  await until(() => isDone(seen))
  if (socket.readyState === WebSocket.OPEN) {
    seen.push(attempt(() => socket.close(1)))
    socket.close(3001, 'enough')
  }
  await until(() => socket.readyState === WebSocket.CLOSED && seen.at(-1)?.[0] === 'close')
  await Promise.all(waiting)
  return seen
}
