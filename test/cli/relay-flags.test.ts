import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../src/cli/flag-values.ts'
import type { FlagValues } from '../../src/cli/flag-values.ts'
import {
  redisMistakes,
  redisOptionsIn,
  RELAY_FLAGS,
  relayOptionsIn,
} from '../../src/cli/relay-flags.ts'
import { relayDefaults } from '../../src/relay/index.ts'

const read = (args: string[], env: Record<string, string> = {}): FlagValues =>
  parseFlags(args, RELAY_FLAGS, env, redisMistakes)

describe('the numbers of a relay', () => {
  it('are what the relay itself takes, unless said otherwise', () => {
    expect(relayDefaults).toMatchObject(relayOptionsIn(read([])))
  })

  it('come by flag or variable, each by its own name', () => {
    const flags = read(['--max-total-ring-bytes', '8000000000', '--poll-ms=5000'], {
      FRAMEWISE_MAX_VIEWERS_PER_STREAM: '7',
      FRAMEWISE_POLL_MS: '6000',
      FRAMEWISE_TRUST_PROXY: '10.0.0.0/8, ::1',
    })
    expect(relayOptionsIn(flags)).toEqual({
      ...relayOptionsIn(read([])),
      maxTotalRingBytes: 8_000_000_000,
      pollMs: 5000,
      maxViewersPerStream: 7,
      trustProxy: ['10.0.0.0/8', '::1'],
    })
  })

  it.each(Object.entries(RELAY_FLAGS))('--%s has a variable of its own', (name, { env }) => {
    const usual = `FRAMEWISE_${name.toUpperCase().replaceAll('-', '_')}`
    expect([usual, name === 'redis' ? 'REDIS_URL' : name.toUpperCase()]).toContain(env)
  })
})

describe('the Redis of a relay', () => {
  it('is none, one, a cluster, or what Sentinels say', () => {
    expect(redisOptionsIn(read([]))).toBe(null)
    const keys = {}
    expect(redisOptionsIn(read([], { REDIS_URL: 'redis://:a,b@h' }))).toEqual({
      url: 'redis://:a,b@h',
      cluster: false,
      keys,
    })
    const seeds = 'redis://a:1,redis://b:2'
    expect(redisOptionsIn(read(['--redis', seeds, '--cluster']))).toEqual({
      url: seeds,
      cluster: true,
      keys,
    })
    const env = { FRAMEWISE_SENTINEL: 'main@a:1,[::1]:2', FRAMEWISE_CLUSTER: 'false' }
    expect(redisOptionsIn(read(['--keys', 'list=l:{id}', '--keys', 'field=f'], env))).toEqual({
      sentinel: { name: 'main', nodes: ['a:1', '[::1]:2'] },
      cluster: false,
      keys: { list: 'l:{id}', field: 'f' },
    })
  })

  it.each([
    [['--cluster'], '--cluster needs the address of a node'],
    [['--cluster', '--sentinel', 'a@b:1'], '--cluster and --sentinel are two ways'],
    [['--sentinel', 'a:1'], '--sentinel must be NAME@HOST:PORT,HOST:PORT, got "a:1"'],
    [['--sentinel', 'a@b'], '--sentinel must be NAME@HOST:PORT,HOST:PORT, got "a@b"'],
    [['--redis', 'redis://a:1,redis://me:hidden@'], '--redis: "redis://***@" is no address'],
    [['--keys', 'lst=x'], '--keys must be NAME=TEXT with list'],
    [['--keys', 'list'], '--keys must be NAME=TEXT with list'],
    [['--keys', 'list=x'], '--keys: list must say where the id of a stream goes, by {id}; got "x"'],
    [['--heartbeat-ms', '999'], '--heartbeat-ms must be a number from 1000'],
    [['--linger-ms', '2147483648'], '--linger-ms must be a number from 0 to 2147483647'],
  ])('refuses %o', (args, message) => {
    expect(() => read(args)).toThrow(message)
  })
})
