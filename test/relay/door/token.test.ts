import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { signToken } from '../../../src/relay/index.ts'
import type { TokenOptions } from '../../../src/relay/index.ts'
import { checkSecrets, createVerify } from '../../../src/relay/door/token.ts'
import type { Claims } from '../../../src/relay/door/token.ts'

const SECRET = 'a secret that is long enough for everybody'
const OTHER = 'another secret that is long enough as well'
const NOW_MS = 1_800_000_000_000
const NOW_S = NOW_MS / 1000

const sign = (options: Partial<TokenOptions> = {}): string =>
  signToken(SECRET, { streams: ['a'], expiresInMs: 60_000, now: () => NOW_MS, ...options })

/** Checks at a time after the signing. */
const check = (token: string, afterMs = 0): Claims | null =>
  createVerify([SECRET], () => NOW_MS + afterMs)(token, 'framewise')
const checkTicket = (token: string, afterMs = 0): Claims | null =>
  createVerify([SECRET], () => NOW_MS + afterMs)(token, 'framewise-ticket')

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs whatever it is, as an attacker with the secret or a careless backend would. */
function forge(claims: object, header: object = { alg: 'HS256' }, secret = SECRET): string {
  const signed = `${part(header)}.${part(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const CLAIMS = { aud: 'framewise', streams: ['a'], exp: NOW_S + 60 }

describe('signToken', () => {
  it('says what it was told, and may read where nothing else is said', () => {
    const claims = check(sign({ streams: ['a', 'team-*'], subject: 'ada' }))
    expect(claims).toMatchObject({ streams: ['a', 'team-*'], rights: ['read'] })
    expect(check(sign({ rights: ['read', 'stop'] }))?.rights).toEqual(['read', 'stop'])
  })

  it('makes a JWT that a common library reads, and takes one that it made', async () => {
    const [head = '', body = ''] = sign({ subject: 'ada' }).split('.')
    const read = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString())
    expect(read(head)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(read(body)).toEqual({ ...CLAIMS, iat: NOW_S, rights: ['read'], sub: 'ada' })
    const theirs = await new SignJWT({ streams: ['a'] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: '1' })
      .setAudience(['framewise'])
      .setExpirationTime(NOW_S + 60)
      .sign(new TextEncoder().encode(SECRET))
    expect(check(theirs)).toMatchObject({ streams: ['a'], rights: ['read'] })
  })

  it.each([
    [{ streams: ['a/b'] }, /ids of 1 to 128/],
    [{ streams: ['a*b'] }, /ids of 1 to 128/],
    [{ streams: [''] }, /ids of 1 to 128/],
    [{ streams: ['x'.repeat(129)] }, /ids of 1 to 128/],
    [{ expiresInMs: 0 }, /expiresInMs/],
    [{ expiresInMs: Number.NaN }, /expiresInMs/],
    [{ expiresInMs: Number.POSITIVE_INFINITY }, /expiresInMs/],
    [{ ticket: true, expiresInMs: 61_000 }, /at most 60000 for a ticket/],
    [{ ticket: true, stayMs: 0 }, /stayMs/],
  ])('refuses to sign %j', (options, message) => {
    expect(() => sign(options)).toThrow(message)
  })

  it('asks for 32 bytes of secret, and shows none of it', () => {
    expect(() => signToken('hunter2', { streams: ['a'], expiresInMs: 1000 })).toThrow(
      'expected a secret of at least 32 bytes, got 7; make one with: openssl rand -base64 32',
    )
    expect(() => checkSecrets([SECRET, ''])).toThrow('got 0')
    expect(checkSecrets('ü'.repeat(16))).toHaveLength(1)
    expect(() => signToken([], { streams: ['a'], expiresInMs: 1000 })).toThrow('got none')
  })
})

describe('a token', () => {
  it('is valid until its end and 5 s more, and so is what it began', () => {
    expect(check(sign(), 64_999)?.untilMs).toBe(NOW_MS + 65_000)
    expect(check(sign(), 65_000)).toBeNull()
    const early = forge({ ...CLAIMS, nbf: NOW_S + 10 })
    expect([check(early, 4000), check(early, 5000)]).toMatchObject([null, {}])
  })

  it('is signed by the first of several secrets, and valid by any', () => {
    const token = signToken([SECRET, OTHER], { streams: ['a'], expiresInMs: 60_000 })
    expect(createVerify([OTHER, SECRET])(token, 'framewise')).not.toBeNull()
    expect(createVerify([OTHER])(token, 'framewise')).toBeNull()
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['words', 'hello'],
    ['no signature', `${part({ alg: 'HS256' })}.${part(CLAIMS)}.`],
    ['alg none', `${part({ alg: 'none' })}.${part(CLAIMS)}.`],
    ['alg none, signed', forge(CLAIMS, { alg: 'none' })],
    ['alg HS512', forge(CLAIMS, { alg: 'HS512' })],
    ['alg hs256', forge(CLAIMS, { alg: 'hs256' })],
    ['no alg', forge(CLAIMS, {})],
    ['a list as its alg', forge(CLAIMS, { alg: ['HS256'] })],
    ['what must be understood', forge(CLAIMS, { alg: 'HS256', crit: ['b64'], b64: false })],
    ['another secret', forge(CLAIMS, { alg: 'HS256' }, OTHER)],
    ['a fourth part', `${forge(CLAIMS)}.x`],
    ['a line break at its end', `${forge(CLAIMS)}\n`],
    ['padding', `${forge(CLAIMS)}=`],
    ['another audience', forge({ ...CLAIMS, aud: 'billing' })],
    ['no audience', forge({ ...CLAIMS, aud: undefined })],
    ['the audience of tickets', forge({ ...CLAIMS, aud: 'framewise-ticket', iat: NOW_S })],
    ['no end', forge({ ...CLAIMS, exp: undefined })],
    ['an end in words', forge({ ...CLAIMS, exp: '2100-01-01' })],
    ['an end that is no number', forge({ ...CLAIMS, exp: null })],
    ['a beginning that is no number', forge({ ...CLAIMS, nbf: 'now' })],
    ['one stream, not a list', forge({ ...CLAIMS, streams: 'a' })],
    ['streams that are no texts', forge({ ...CLAIMS, streams: [1] })],
    ['rights that are no list', forge({ ...CLAIMS, rights: 'read' })],
    ['claims that are a list', forge([CLAIMS])],
    ['more than 8 kB', forge({ ...CLAIMS, sub: 'x'.repeat(8192) })],
  ])('is refused with %s', (_, token) => {
    expect(check(token)).toBeNull()
  })

  it('is taken up to 8 kB', () => {
    expect(check(forge({ ...CLAIMS, sub: 'x'.repeat(5900) }))).not.toBeNull()
  })

  it('is refused after any change of it, however it is spelt', () => {
    const token = sign({ streams: ['a', 'b'], rights: ['read', 'stop'] })
    const alphabet = [...'ABCXYZabcxyz0129-_.=+/ %'] as const
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom(...alphabet),
        fc.constantFrom('replace', 'insert', 'cut'),
        (at, char, how) => {
          const changed =
            how === 'cut'
              ? token.slice(0, at)
              : token.slice(0, at) + char + token.slice(at + (how === 'replace' ? 1 : 0))
          fc.pre(changed !== token)
          expect(check(changed)).toBeNull()
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('a ticket', () => {
  const TICKET = { aud: 'framewise-ticket', streams: ['a'], iat: NOW_S, exp: NOW_S + 60 }

  it('bounds the time to connect by its end, and the stay by what it says, else by an hour', () => {
    const ticket = sign({ ticket: true, rights: ['read', 'stop'], expiresInMs: 30_000 })
    const hour = { streams: ['a'], rights: ['read'], untilMs: NOW_MS + 3_600_000 }
    expect(checkTicket(ticket, 34_999)).toEqual(hour)
    expect(checkTicket(ticket, 35_000)).toBeNull()
    expect(checkTicket(forge(TICKET))).toEqual(hour)
    const long = sign({ ticket: true, stayMs: 86_400_000 })
    expect(checkTicket(long)?.untilMs).toBe(NOW_MS + 86_400_000)
  })

  it('is none as a token, and a token is none as a ticket', () => {
    expect(check(sign({ ticket: true }))).toBeNull()
    expect(checkTicket(sign())).toBeNull()
  })

  it.each([
    ['more than 60 s to connect', { exp: NOW_S + 61 }],
    ['no time it was made at', { iat: undefined }],
    ['a time to come', { iat: NOW_S + 10, exp: NOW_S + 60 }],
    ['a stay that is over', { until: NOW_S }],
    ['a stay that is no time', { until: 'later' }],
  ])('is refused with %s', (_, claims) => {
    expect(checkTicket(forge({ ...TICKET, ...claims }))).toBeNull()
  })
})
