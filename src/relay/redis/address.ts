// Where a server is: as people write it, and in the options of a node-redis client.
import type { RedisClientOptions } from '@redis/client'

/** `host` and `port` of a server. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** @throws TypeError for what is no `host:port` */
export function parseAddress(text: string): Address {
  const [, host = '', port = ''] = /^\[?([^\s[\]/@]+)\]?:(\d{1,5})$/.exec(text) ?? []
  if (host === '') throw new TypeError(`expected host:port, got "${text}"`)
  return { host, port: Number(port) }
}

/** The same options for another server: what a url says beside its host is kept. */
export function atAddress(client: RedisClientOptions, { host, port }: Address): RedisClientOptions {
  if (client.url === undefined) {
    return { ...client, socket: { ...client.socket, host, port } } as RedisClientOptions
  }
  const url = new URL(client.url)
  url.host = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return { ...client, url: url.href }
}

/** `host:port`, and never the password. */
export function nameOf({ url, socket }: RedisClientOptions): string {
  if (url !== undefined) {
    const { hostname, port } = new URL(url)
    return `${hostname}:${port || 6379}`
  }
  const { host = '127.0.0.1', port = 6379 } = (socket ?? {}) as Partial<Address>
  return `${host}:${port}`
}
