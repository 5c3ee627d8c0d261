// `--sentinel NAME@HOST:PORT,…`: a master by its name, and who knows where it is.
import type { SentinelOptions } from '../../relay/index.ts'
import { parseAddress } from '../../relay/redis/address.ts'
import { listIn } from './flags.ts'

/**
 * The Sentinels that a flag names.
 * @throws Error for what names none
 */
export function sentinelIn(text: string): SentinelOptions {
  const at = text.lastIndexOf('@')
  const nodes = listIn(text.slice(at + 1))
  if (at < 1 || nodes.length === 0) {
    throw new Error(
      `--sentinel must be NAME@HOST:PORT,…, as mymaster@127.0.0.1:26379; got "${text}"`,
    )
  }
  for (const node of nodes) parseAddress(node)
  return { name: text.slice(0, at), nodes }
}
