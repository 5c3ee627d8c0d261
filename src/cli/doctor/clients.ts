// Who is connected, and what the server holds for those that do not take it.
import { bytesText, rateLow } from './finding.ts'
import type { Finding } from './finding.ts'
import { numberIn } from './info.ts'
import type { ServerFacts } from './server-facts.ts'

/** Rates connections against their limit; null where the server does not tell. */
export function rateClients({ info, config }: ServerFacts): Finding | null {
  const connected = numberIn(info, 'connected_clients')
  if (connected === null) return null
  const max = numberIn(info, 'maxclients') ?? Number(config.get('maxclients') ?? Number.NaN)
  const blocked = numberIn(info, 'blocked_clients') ?? 0
  const share = Number.isNaN(max) ? 0 : connected / max
  const rating = rateLow(share, 0.7, 0.95)
  return {
    id: 'clients',
    value: connected,
    unit: Number.isNaN(max) ? 'connected' : `of ${max}`,
    rating,
    why:
      `${blocked} of them wait in a blocking read. A reader with a connection per viewer ends at the limit, and the next ` +
      'writer is refused with it.',
    advice:
      rating === 'good'
        ? ''
        : 'Share connections: the relay needs two, whatever the number of viewers.',
  }
}

const MEGABYTE = 1024 * 1024

/** Rates what is held for slow readers; null where the server does not tell. */
export function rateOutputBuffer({ info, config, clients }: ServerFacts): Finding | null {
  const held =
    clients === null
      ? numberIn(info, 'client_recent_max_output_buffer')
      : Math.max(0, ...[...clients.matchAll(/\bomem=(\d+)/g)].map(([, bytes]) => Number(bytes)))
  if (held === null) return null
  const limit = hardLimit(config.get('client-output-buffer-limit'))
  const rating = rateLow(held, MEGABYTE, (limit || 32 * MEGABYTE) / 2)
  return {
    id: 'output-buffer',
    value: bytesText(held),
    unit: 'held',
    rating,
    why:
      `The most that Redis holds for one client${limit === null ? '' : `; subscribers are cut off at ${limit === 0 ? 'no limit' : bytesText(limit)}`}. ` +
      'Payloads by PUBLISH fill it when a reader stalls; a doorbell of three bytes does not.',
    advice:
      rating === 'good'
        ? ''
        : 'Publish doorbells and read the log, or find the reader that does not read. A larger limit only puts the cut off.',
  }
}

function hardLimit(setting: string | undefined): number | null {
  const [, bytes] = /\bpubsub (\d+)/.exec(setting ?? '') ?? []
  return bytes === undefined ? null : Number(bytes)
}
