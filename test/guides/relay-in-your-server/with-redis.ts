import { createRelay, redisBackend } from 'framewise/relay'
import type { Relay } from 'framewise/relay'

export function redisRelay(url: string): Relay {
  // Without a logger neither says anything, not even that Redis refuses the password.
  const { info, warn } = console
  const logger = { info, warn }
  return createRelay({ backend: redisBackend({ url, logger }), logger })
}
