import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/command-error.ts'
import {
  checkRedisUrl,
  connectTrouble,
  redisUrlsIn,
  shownRedisUrl,
} from '../../src/cli/redis-client.ts'

describe('checkRedisUrl', () => {
  it.each([
    'redis://localhost',
    'redis://127.0.0.1:6379/3',
    'rediss://user:p%40ss@[::1]:6380/',
    'redis://:p@ss@localhost',
  ])('takes %s', (url) => expect(checkRedisUrl(url)).toBe(url))

  it.each([
    'redis://localhost/abc',
    'redis://localhost/1/2',
    'redis://:100%@localhost',
    'redis://100%:pw@localhost',
    'redis://:%ff@localhost',
    'redis:///tmp/redis.sock',
    'unix:///tmp/redis.sock',
    'redis://localhost:99999',
    'localhost:6379',
  ])('refuses %s in one sentence', (url) => {
    expect(() => checkRedisUrl(url)).toThrow(UsageError)
    expect(() => checkRedisUrl(url)).toThrow(/^[^\n]+$/)
  })

  it.each(['redis://:hunter2%@localhost', 'redis://:hunter2@localhost/abc'])(
    'does not repeat the password of %s',
    (url) => expect(() => checkRedisUrl(url)).not.toThrow(/hunter2/),
  )

  it('is asked of every address of a cluster', () => {
    expect(() => redisUrlsIn('redis://one,redis://two/x')).toThrow('number of a database')
  })

  it('says how a % is written', () => {
    expect(() => checkRedisUrl('redis://:100%@localhost')).toThrow(/% as %25/)
  })
})

it.each([
  ['redis://user:pw@host:1/2', 'redis://***@host:1/2'],
  ['redis://host?password=pw', 'redis://host'],
  ['redis://:pw@host/0?password=pw#pw', 'redis://***@host/0'],
  ['redis://:p@w@host', 'redis://***@host'],
  ['redis://:p?w@host', 'redis://***@host'],
  ['http://u:pw@host', '***@host'],
])('shows %s without its password', (url, shown) => expect(shownRedisUrl(url)).toBe(shown))

it.each([
  ['redis', 'WRONGPASS invalid username-password pair', 'refuses the password or the user'],
  ['redis', 'NOAUTH Authentication required.', 'wants a password; write redis://:password@'],
  [
    'redis',
    'ERR DB index is out of range',
    'refuses: ERR DB index is out of range; check REDIS_URL',
  ],
  ['rediss', 'Connection timeout', 'if it speaks no TLS there, write redis://'],
  ['redis', 'connect ECONNREFUSED 127.0.0.1:1', 'start it, or name another one with --redis URL'],
  ['redis', 'Socket closed unexpectedly', 'if it speaks TLS there, write rediss://'],
  ['rediss', 'no answer within 5000 ms', 'if it speaks no TLS there, write redis://'],
])('says of %s:// and "%s" what to do', (scheme, said, told) => {
  const text = connectTrouble(`${scheme}://:hunter2@host:1`, said)
  expect(text).toContain(told)
  expect(text).toContain(`Redis at ${scheme}://***@host:1`)
  expect(text).not.toContain('hunter2')
})
