import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { isForeign, isForLoopback, isLoopback } from '../../../src/cli/http/loopback.ts'

const asking = (headers: Record<string, string>): IncomingMessage =>
  ({ headers }) as IncomingMessage

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', 'LOCALHOST', '::1', '[::1]'])(
    'takes %s for this machine',
    (name) => expect(isLoopback(name)).toBe(true),
  )
  it.each(['0.0.0.0', '::', 'example.com', 'localhost.example.com', '127.0.0.1.example.com', ''])(
    'takes %s for another',
    (name) => expect(isLoopback(name)).toBe(false),
  )
})

describe('isForLoopback', () => {
  it('looks at the name in Host, whatever the port', () => {
    expect(isForLoopback(asking({ host: 'localhost:4400' }))).toBe(true)
    expect(isForLoopback(asking({ host: '[::1]:4400' }))).toBe(true)
    expect(isForLoopback(asking({ host: 'rebound.example:4400' }))).toBe(false)
    expect(isForLoopback(asking({}))).toBe(false)
  })
})

describe('isForeign', () => {
  const host = 'localhost:4400'
  it('trusts the very same origin and programs that name none', () => {
    expect(isForeign(asking({ host }))).toBe(false)
    expect(isForeign(asking({ host, origin: 'http://localhost:4400' }))).toBe(false)
    expect(isForeign(asking({ host, 'sec-fetch-site': 'same-origin' }))).toBe(false)
  })
  it('trusts no other port, name, sandbox or site', () => {
    for (const origin of [
      'http://localhost:5000',
      'http://127.0.0.1:4400',
      'null',
      'https://x.y',
    ]) {
      expect(isForeign(asking({ host, origin }))).toBe(true)
    }
    expect(isForeign(asking({ host, 'sec-fetch-site': 'same-site' }))).toBe(true)
    expect(isForeign(asking({ host, 'sec-fetch-site': 'cross-site' }))).toBe(true)
  })
})
