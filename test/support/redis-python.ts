// Which Python runs the recipes of the docs: one that has redis-py (Debian: python3-redis). A Python of the user's own
// may come first on PATH and have none.
import { spawnSync } from 'node:child_process'

/** Path of a python3 with redis-py (`PYTHON`, or python3 on PATH, or the system's), or undefined. */
export function findRedisPython(): string | undefined {
  const named = process.env['PYTHON']
  const candidates = named === undefined ? ['python3', '/usr/bin/python3'] : [named]
  return candidates.find((path) => spawnSync(path, ['-c', 'import redis.asyncio']).status === 0)
}

/** The same, for what cannot go on without. @throws Error that says how to get it */
export function redisPython(): string {
  const path = findRedisPython()
  if (path !== undefined) return path
  throw new Error('redis-py is missing; install it: sudo apt-get install -y python3-redis')
}
