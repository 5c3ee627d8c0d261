import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../../src/cli/flags/flag-values.ts'
import type { FlagValues } from '../../../src/cli/flags/flag-values.ts'
import { RELAY_FLAGS, relayOptionsIn } from '../../../src/cli/relay/relay-flags.ts'
import { openSource, storeMistakes } from '../../../src/cli/relay/relay-source.ts'
import { relayDefaults } from '../../../src/relay/index.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

const read = (args: string[], env: Record<string, string> = {}): FlagValues =>
  parseFlags(args, RELAY_FLAGS, env, storeMistakes)

describe('the numbers of a relay', () => {
  it('are what the relay itself takes, unless said otherwise', () => {
    expect(relayDefaults).toMatchObject(relayOptionsIn(read([])))
  })

  it('come by flag or variable, each by its own name', () => {
    const flags = read(['--max-connections', '8', '--poll-ms=5000'], {
      FRAMEWISE_MAX_VIEWERS_PER_STREAM: '7',
      FRAMEWISE_POLL_MS: '6000',
      FRAMEWISE_TRUST_PROXY: '10.0.0.0/8, ::1',
    })
    expect(relayOptionsIn(flags)).toEqual({
      ...relayOptionsIn(read([])),
      maxConnections: 8,
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

it.each([
  [['--cluster'], '--cluster needs --redis'],
  [['--cluster', '--redis', 'redis://a', '--sentinel', 'a@b:1'], 'do not go together'],
  [['--sentinel-password', 'x'], 'need --sentinel'],
  [['--redis', 'redis://a,redis://b'], 'several urls in --redis need --cluster'],
  [['--sentinel', 'a:1'], '--sentinel must be NAME@HOST:PORT,…'],
  [['--sentinel', 'a@b'], 'host:port'],
  [['--redis', 'redis://a:1,redis://me:hidden@'], '--redis: "redis://***@" is no address'],
  [['--keys', 'lst=x'], '--keys must be NAME=TEXT with list'],
  [['--keys', 'list'], '--keys must be NAME=TEXT with list'],
  [['--keys', 'list=x'], '--keys: list must say where the id of a stream goes, by {id}; got "x"'],
  [['--heartbeat-ms', '999'], '--heartbeat-ms must be a number from 1000'],
  [['--linger-ms', '2147483648'], '--linger-ms must be a number from 0 to 2147483647'],
])('refuses %o', (args, message) => {
  expect(() => read(args)).toThrow(message)
})

it('takes a password with a comma for what it is', () => {
  const flags = read(['--redis', 'redis://:a,b@127.0.0.1:1'])
  const { backend, source } = openSource({ flags, logger: silent })
  expect(source).toBe('redis redis://***@127.0.0.1:1')
  void backend.close()
})

it('hears a flag without a value from its variable, too', () => {
  expect(read([], { FRAMEWISE_LAB: '1' }).on('lab')).toBe(true)
  expect(read([], { FRAMEWISE_LAB: 'false' }).on('lab')).toBe(false)
  expect(read(['--lab'], { FRAMEWISE_LAB: 'false' }).on('lab')).toBe(true)
  expect(() => read([], { FRAMEWISE_LAB: 'yes' })).toThrow('FRAMEWISE_LAB must be one of true')
})
