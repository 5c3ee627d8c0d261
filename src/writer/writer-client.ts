// The port to Redis. It has the shape of node-redis, whose clients, clusters and sentinels fit as they are; it is
// written out here so that no client library need be installed for its types.

/** Keys and arguments of a script. */
export interface ScriptCall {
  /** Keys that the script touches, all in one slot. */
  keys: string[]
  /** Everything else that it is told. */
  arguments: string[]
}

/** A connection that only listens. */
export interface WriterSubscriber {
  /** Without a listener for errors node-redis throws. */
  on(event: 'error', listener: (error: unknown) => void): unknown
  /** Connects, and from then on connects again by itself. */
  connect(): Promise<unknown>
  /** Calls the listener with every message of one channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  /** Closes the connection at once. */
  destroy(): unknown
}

/** What a writer asks of a Redis client. The client is connected by its owner, and stays the owner's to close. */
export interface WriterClient {
  /** EVAL. */
  eval(script: string, call: ScriptCall): Promise<unknown>
  /** EVALSHA; rejects with NOSCRIPT where the script is not known. */
  evalSha(sha1: string, call: ScriptCall): Promise<unknown>
  /** Needed for `onStop` in the stream layout. */
  get?(key: string): Promise<unknown>
  /** Needed for `onStop` in the list layout. */
  duplicate?(): WriterSubscriber
}

// The first word of an error reply is the protocol's own code; these pass by themselves.
const PASSING = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'NOREPLICAS',
  'NOSCRIPT',
  'OOM',
  'READONLY',
  'TRYAGAIN',
])

/** True for what Redis itself said and will say again; false for a connection that failed. */
export function isRefusal(error: unknown): boolean {
  const [, code] =
    /^([A-Z][A-Z0-9]+)(?: |$)/.exec(error instanceof Error ? error.message : '') ?? []
  return code !== undefined && !PASSING.has(code)
}
