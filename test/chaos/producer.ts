// Writes one run as an agent's worker does, one event after the other, and notes what Redis has acknowledged. An event
// whose fate is unknown is never sent again: the log holds it or not, and the next one has the next number.
import { setTimeout as pause } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { createClient } from '@redis/client'
import type { Layout, Written } from './history.ts'
import type { Random } from './random.ts'
import { RETRY_NOTHING } from './store.ts'

/** A run being written. */
export interface Producer {
  readonly key: string
  readonly written: readonly Written[]
  /** Does something between two appends. */
  between<T>(act: () => Promise<T>): Promise<T>
  /** Ends the run; only within {@link Producer.between}. Another begins with the next event. */
  endRun(): Promise<void>
  /** Writes many at once; only within {@link Producer.between}. */
  flood(count: number): Promise<void>
  /** Loses its connection, whatever is under way, and takes its time to come back. */
  crash(awayMs: number): void
  /** Resolves when the last event has been acknowledged. */
  readonly finished: Promise<void>
  stop(): void
}

/** What a producer needs. */
export interface ProducerOptions {
  readonly id: string
  readonly layout: Layout
  readonly random: Random
  readonly events: number
  /** Mean time between two events, in ms. */
  readonly everyMs: number
  /** Port of the Redis that takes writes now. */
  readonly port: () => number
}

type Client = ReturnType<typeof createClient>

const WORDS = [
  'Grüße ',
  '漢字',
  ' und ',
  '🎉🎉',
  '\n\n',
  '**fett** ',
  'naïve ',
  '"\\',
  'ﬁn',
] as const

/** Starts writing. */
export function startProducer(options: ProducerOptions): Producer {
  const { id, layout, random, events, everyMs } = options
  const key = layout === 'list' ? `agent_run:${id}:responses` : `agent_run:${id}:stream`
  const written: Written[] = []
  let run = 0
  let client: Client | null = null
  let awayMs = 0
  let stopped = false
  let silent = false
  let turn: Promise<unknown> = Promise.resolve()

  function between<T>(act: () => Promise<T>): Promise<T> {
    const done = turn.then(act)
    turn = done.catch(() => {})
    return done
  }

  async function append(terminal: boolean): Promise<boolean> {
    if (stopped) return false
    const event = nextEvent(terminal)
    try {
      const redis = await connected()
      written.push(event)
      if (layout === 'stream') await redis.xAdd(key, '*', { data: event.payload })
      else await redis.rPush(key, event.payload)
      event.acked = true
      await ring(redis)
    } catch {
      client?.destroy()
      client = null
      await pause(50)
    }
    return event.acked
  }

  // A bell that was lost would be made good by the relay's poll, but only after a while.
  async function ring(redis: Client): Promise<void> {
    silent = layout === 'list'
    if (silent) await redis.publish(`agent_run:${id}:new_response`, 'new')
    silent = false
  }

  async function flood(count: number): Promise<void> {
    const redis = await connected()
    const sent = Array.from({ length: count }, async () => {
      const event = nextEvent(false)
      written.push(event)
      await (layout === 'stream'
        ? redis.xAdd(key, '*', { data: event.payload })
        : redis.rPush(key, event.payload))
      event.acked = true
    })
    await Promise.allSettled(sent)
    await ring(redis).catch(() => {})
  }

  function nextEvent(terminal: boolean): Written {
    const seq = written.length
    const text = terminal ? '' : textFrom(random)
    const body = terminal
      ? { type: 'RUN_FINISHED', threadId: id, runId: `r${run}` }
      : { type: 'TEXT_MESSAGE_CHUNK', messageId: `m${run}`, delta: text }
    const payload = JSON.stringify({ ...body, seq, crc: crc32(text) })
    return { seq, payload, text, terminal, acked: false }
  }

  async function connected(): Promise<Client> {
    await pause(awayMs)
    awayMs = 0
    if (client?.isReady) return client
    client?.destroy()
    client = createClient({ url: `redis://127.0.0.1:${options.port()}`, socket: RETRY_NOTHING })
    client.on('error', () => {}) // told by what was sent
    await client.connect()
    return client
  }

  async function endRun(): Promise<void> {
    while (!stopped && !(await append(true)));
    while (!stopped && silent)
      await connected()
        .then(ring)
        .catch(() => pause(50))
    run++
  }

  async function write(): Promise<void> {
    for (let count = 0; count < events && !stopped; count++) {
      await between(() => append(false))
      await pause(everyMs * 2 * random.next())
    }
    await between(endRun)
  }

  function close(): void {
    client?.destroy()
    client = null
  }

  return {
    key,
    written,
    between,
    endRun,
    flood,
    crash(ms) {
      awayMs = ms
      close()
    },
    finished: write().finally(close),
    stop() {
      stopped = true
      close()
    },
  }
}

// Mostly a few words, now and then more than one segment of TCP carries.
function textFrom(random: Random): string {
  const words = Array.from({ length: random.whole(1, 4) }, () => random.pick(WORDS)).join('')
  return random.chance(0.02) ? words.repeat(random.whole(100, 2000)) : words
}
