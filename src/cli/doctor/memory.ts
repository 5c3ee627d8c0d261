// How full it is, and whether it is spread over more memory than it holds.
import { bytesText, rateLow, worst } from './finding.ts'
import type { Finding } from './finding.ts'
import { numberIn } from './info.ts'
import type { Info } from './info.ts'

const SMALL = 64 * 1024 * 1024

/** Rates memory; null where the server does not tell. */
export function rateMemory(info: Info): Finding | null {
  const used = numberIn(info, 'used_memory')
  if (used === null) return null
  const limit = numberIn(info, 'maxmemory') || numberIn(info, 'total_system_memory') || 0
  const isOwn = Boolean(numberIn(info, 'maxmemory'))
  const share = limit === 0 ? 0 : used / limit
  // Below some megabytes it is the program itself, not data.
  const spread = used < SMALL ? 1 : (numberIn(info, 'mem_fragmentation_ratio') ?? 1)
  const full = rateLow(share, 0.8, 0.95)
  const rating = worst(full, spread >= 1.5 ? 'needs-work' : 'good')
  const of = limit === 0 ? '' : ` of ${bytesText(limit)}${isOwn ? '' : ' that the machine has'}`
  return {
    id: 'memory',
    value: limit === 0 ? bytesText(used) : Math.round(share * 100),
    unit: limit === 0 ? '' : `%${of}`,
    rating,
    why:
      `${bytesText(used)}${of}; ${spread >= 1.5 ? `it takes ${spread} times that from the machine. ` : 'no fragmentation to speak of. '}` +
      (isOwn || limit === 0
        ? 'What happens when it is full, the eviction policy says.'
        : 'No maxmemory is set: when the machine is full, it is the kernel that ends Redis.'),
    advice:
      full !== 'good'
        ? 'Shorter TTLs on runs that have ended, or more memory.'
        : spread >= 1.5
          ? 'Switch activedefrag on, or restart at a quiet hour.'
          : '',
  }
}
