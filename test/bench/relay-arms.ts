// What the relay is measured beside: the same viewers, events and ticks, served as people serve them. One arm lives in
// one process. An arm with `tick` makes its events itself; the others read what `relay-writer.ts` puts into Redis.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createClient } from '@redis/client'
import { createResumableStreamContext as createAssistantContext } from 'assistant-stream/resumable'
import { createRedisResumableStreamStore } from 'assistant-stream/resumable/redis'
import { createChannel, createSession } from 'better-sse'
import { createResumableStreamContext } from 'resumable-stream/generic'
import { createRelay, memoryBackend, redisBackend } from '../../src/relay/index.ts'

/** One way to serve. */
export interface Arm {
  /** Serves one viewer of the stream that the path names. */
  serve(req: IncomingMessage, res: ServerResponse): void
  /** Sends some events to all viewers of a stream. */
  tick?(stream: string, payloads: readonly string[]): void
}

/** Ways to serve what is in Redis. */
export const REDIS_ARMS = ['framewise-redis', 'assistant-stream', 'resumable-stream'] as const
/** All ways; `timing` is the relay with stamps on each write. */
export type ArmName =
  | 'framewise'
  | 'timing'
  | 'naive'
  | 'raw'
  | 'better-sse'
  | (typeof REDIS_ARMS)[number]

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }

/** The stream id in a path of the relay's. */
export const streamOf = ({ url = '' }: IncomingMessage): string => url.split('/')[3] ?? ''

/** Starts an arm. */
export async function startArm(name: ArmName, redisUrl: string): Promise<Arm> {
  if (name === 'framewise' || name === 'timing') return framewise()
  if (name === 'naive') return naive()
  if (name === 'raw') return raw()
  if (name === 'better-sse') return betterSse()
  if (name === 'framewise-redis') return framewiseRedis(redisUrl)
  if (name === 'assistant-stream') return assistantStream(redisUrl)
  return resumableStream(redisUrl)
}

function framewise(): Arm {
  const backend = memoryBackend()
  const relay = createRelay({ backend })
  return {
    serve: (req, res) => void relay.handler(req, res),
    tick(stream, payloads) {
      for (const payload of payloads) void backend.append(stream, payload)
    },
  }
}

function framewiseRedis(url: string): Arm {
  const relay = createRelay({ backend: redisBackend({ url }) })
  return { serve: (req, res) => void relay.handler(req, res) }
}

// Parsed and written anew for every viewer: what a loop over viewers does when it thinks of one of them.
function naive(): Arm {
  const viewers = new Set<ServerResponse>()
  let id = 0
  return {
    serve(_req, res) {
      res.writeHead(200, HEADERS).flushHeaders()
      viewers.add(res)
    },
    tick(_stream, payloads) {
      for (const payload of payloads) {
        id++
        for (const res of viewers) {
          const event: unknown = JSON.parse(payload)
          res.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`)
        }
      }
    },
  }
}

// The floor: bytes made once for all, and one write of the bare socket for each viewer.
function raw(): Arm {
  const viewers = new Set<ServerResponse>()
  let id = 0
  return {
    serve(_req, res) {
      res.writeHead(200, { ...HEADERS, 'transfer-encoding': 'identity' }).flushHeaders()
      viewers.add(res)
    },
    tick(_stream, payloads) {
      const text = payloads.map((payload) => `id: ${++id}\ndata: ${payload}\n\n`).join('')
      const bytes = Buffer.from(text)
      for (const { socket } of viewers) socket?.write(bytes)
    },
  }
}

function betterSse(): Arm {
  const channel = createChannel()
  return {
    serve(req, res) {
      void createSession(req, res).then((session) => channel.register(session))
    },
    tick(_stream, payloads) {
      for (const payload of payloads) channel.broadcast(JSON.parse(payload))
    },
  }
}

async function assistantStream(url: string): Promise<Arm> {
  const client = await createClient({ url }).connect()
  const context = createAssistantContext({
    store: createRedisResumableStreamStore(client as never),
  })
  return { serve: (req, res) => void pipe(() => context.resume(streamOf(req)), res) }
}

async function resumableStream(url: string): Promise<Arm> {
  const context = createResumableStreamContext({ waitUntil: null, ...(await pubSub(url)) })
  return { serve: (req, res) => void pipe(() => context.resumeExistingStream(streamOf(req)), res) }
}

/** What `resumable-stream` wants of Redis. */
export async function pubSub(url: string): Promise<{ subscriber: never; publisher: never }> {
  const subscriber = await createClient({ url }).connect()
  const publisher = await createClient({ url }).connect()
  return { subscriber: subscriber as never, publisher: publisher as never }
}

type Chunks = ReadableStream<Uint8Array | string> | null | undefined

async function pipe(open: () => Promise<Chunks>, res: ServerResponse): Promise<void> {
  res.writeHead(200, HEADERS).flushHeaders()
  for await (const chunk of (await open()) ?? []) {
    if (!res.write(chunk)) await once(res, 'drain')
  }
  res.end()
}
