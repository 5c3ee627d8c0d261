import type { WriterClient } from 'framewise/writer'

/** What is used of an ioredis client or cluster. */
export interface Ioredis {
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>
  evalsha(sha1: string, keys: number, ...args: string[]): Promise<unknown>
  get(key: string): Promise<string | null>
  duplicate(): Ioredis
  on(event: string, listener: (...args: never[]) => void): unknown
  subscribe(channel: string): Promise<unknown>
  disconnect(): void
}

/** ioredis as a writer wants it. */
export const fromIoredis = (redis: Ioredis): WriterClient => ({
  eval: (script, { keys, arguments: args }) => redis.eval(script, keys.length, ...keys, ...args),
  evalSha: (sha1, { keys, arguments: args }) => redis.evalsha(sha1, keys.length, ...keys, ...args),
  get: (key) => redis.get(key),
  duplicate() {
    const subscriber = redis.duplicate() // connects by itself
    return {
      on: (event, listener) => subscriber.on(event, listener),
      connect: () => Promise.resolve(),
      subscribe(channel, listener) {
        subscriber.on('message', (_: string, message: string) => listener(message))
        return subscriber.subscribe(channel)
      },
      destroy: () => subscriber.disconnect(),
    }
  },
})
