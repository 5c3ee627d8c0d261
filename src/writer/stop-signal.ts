// Hears that a run is asked to stop, in the layout's own way: STOP on the control channel of a list, by a connection of
// its own; the stop key of a stream, by looking. Tells once.
import type { WriterClient } from './writer-client.ts'

/** Where to listen. */
export interface StopSignalOptions {
  readonly client: WriterClient
  /** Channel to listen on, or null. */
  readonly channel: string | null
  /** Key to look at, or null. */
  readonly key: string | null
  readonly pollMs: number
  readonly onStop: () => void
  /** Told when Redis does not let it listen. */
  readonly onRefused: (error: unknown) => void
}

/**
 * Begins to listen.
 * @returns ends it; idempotent
 * @throws TypeError for a client that cannot
 */
export function listenForStop(options: StopSignalOptions): () => void {
  let told = false
  const tell = (): void => {
    if (told) return
    told = true
    options.onStop()
  }
  return options.channel === null ? look(options, tell) : listen(options, options.channel, tell)
}

function listen(
  { client, onRefused }: StopSignalOptions,
  channel: string,
  tell: () => void,
): () => void {
  if (!client.duplicate) throw new TypeError('onStop in a list needs a client with duplicate()')
  const subscriber = client.duplicate()
  let open = true
  subscriber.on('error', () => {}) // it connects again by itself; writing tells of a Redis that is gone
  subscriber
    .connect()
    .then(() => subscriber.subscribe(channel, (message) => message === 'STOP' && open && tell()))
    .catch((error: unknown) => open && onRefused(error))
  return () => {
    if (open) subscriber.destroy()
    open = false
  }
}

function look({ client, key, pollMs }: StopSignalOptions, tell: () => void): () => void {
  const { get } = client
  if (!get) throw new TypeError('onStop in a stream needs a client with get()')
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    get
      .call(client, key ?? '')
      .then((value) => value !== null && value !== undefined && tell())
      .catch(() => undefined) // writing tells of it
      .finally(() => (looking = false))
  }, pollMs)
  timer.unref()
  return () => clearInterval(timer)
}
