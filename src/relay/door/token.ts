// Tokens: JWTs signed HS256, so that any language's usual library mints one and the relay needs none. All else that a
// JWT may be is refused before its signature is looked at: another algorithm, another spelling, more than 8 kB.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** What may be done with a stream. */
export type Right = 'read' | 'stop'

/** What {@link signToken} signs. */
export interface TokenOptions {
  /** Ids of streams; one that ends in `*` stands for all that begin so. */
  readonly streams: readonly string[]
  /** @default ['read'] */
  readonly rights?: readonly Right[] | undefined
  /** How long it is valid from now on, in ms: of a ticket the time to connect, at most 60_000. */
  readonly expiresInMs: number
  /** Makes a ticket: for `?ticket=`, where no header can be set. It may read, and nothing else. @default false */
  readonly ticket?: boolean | undefined
  /** How long who connected with a ticket may stay, in ms. @default 3_600_000 */
  readonly stayMs?: number | undefined
  /** Whom it is for: the claim `sub`, which the relay does not look at. */
  readonly subject?: string | undefined
  /** Clock, in ms since 1970. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What a valid token says. */
export interface Claims {
  readonly streams: readonly string[]
  readonly rights: readonly string[]
  /** When what was begun with it ends, as ms since 1970. */
  readonly untilMs: number
}

/** Claim `aud` of the two kinds; one never stands in for the other. */
export type Audience = 'framewise' | 'framewise-ticket'

/** Gives what a token says, or null for one that is not valid. */
export type Verify = (token: string, audience: Audience) => Claims | null

const MAX_CHARS = 8192
const MIN_SECRET_BYTES = 32
const LEEWAY_S = 5 // how far two machines' clocks may be apart
const TICKET_S = 60
const STAY_S = 3600
const PATTERN = /^(?:[A-Za-z0-9_-]{1,128}|[A-Za-z0-9_-]{0,127}\*)$/
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

/**
 * Signs a token, or a ticket.
 * @param secret as the relay has it; of several the first signs
 * @throws TypeError for a secret of less than 32 bytes, an id that is none, or a time that cannot be
 * @example
 * signToken(process.env.FRAMEWISE_SECRET, { streams: ['run-1'], rights: ['read', 'stop'], expiresInMs: 3_600_000 })
 */
export function signToken(secret: string | readonly string[], options: TokenOptions): string {
  const { streams, rights = ['read'], ticket = false, subject: sub, now = Date.now } = options
  const [first] = checkSecrets(secret)
  if (first === undefined) throw new TypeError('expected a secret, got none')
  const seconds = checkTimes(options)
  for (const stream of streams) checkPattern(stream)
  const iat = Math.floor(now() / 1000)
  const times = { iat, exp: iat + seconds }
  const claims = ticket
    ? { aud: 'framewise-ticket', sub, streams, ...times, until: iat + stayOf(options) }
    : { aud: 'framewise', sub, streams, rights, ...times }
  const signed = `${HEADER}.${encode(claims)}`
  return `${signed}.${digest(first, signed).toString('base64url')}`
}

/** Creates what checks tokens; one that any of the secrets has signed is valid. */
export function createVerify(secrets: readonly string[], now: () => number = Date.now): Verify {
  const isSigned = (text: string, signature: Buffer): boolean =>
    signature.length === 32 &&
    secrets.some((secret) => timingSafeEqual(digest(secret, text), signature))

  return (token, audience) => {
    if (token.length > MAX_CHARS) return null
    const [head = '', body = '', signature = '', more] = token.split('.', 4)
    const { alg, crit } = fieldsIn(head)
    if (alg !== 'HS256' || crit !== undefined || more !== undefined) return null
    if (!isSigned(`${head}.${body}`, bytesOf(signature))) return null
    return claimsIn(fieldsIn(body), audience, now() / 1000)
  }
}

/**
 * The secrets as a list.
 * @throws TypeError for one of less than 32 bytes
 */
export function checkSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret
  const least = Math.min(...secrets.map((one) => Buffer.byteLength(one)))
  if (least >= MIN_SECRET_BYTES) return secrets
  const remedy = 'make one with: openssl rand -base64 32'
  throw new TypeError(
    `expected a secret of at least ${MIN_SECRET_BYTES} bytes, got ${least}; ${remedy}`,
  )
}

function checkTimes({ expiresInMs, ticket = false }: TokenOptions): number {
  const seconds = Math.ceil(expiresInMs / 1000)
  if (seconds > 0 && seconds <= (ticket ? TICKET_S : Number.MAX_SAFE_INTEGER / 2000)) return seconds
  const most = ticket ? `, and at most ${TICKET_S * 1000} for a ticket` : ''
  throw new TypeError(`expiresInMs: expected a time in ms${most}, got ${expiresInMs}`)
}

function stayOf({ stayMs = STAY_S * 1000 }: TokenOptions): number {
  if (stayMs > 0 && Number.isFinite(stayMs)) return Math.ceil(stayMs / 1000)
  throw new TypeError(`stayMs: expected a time in ms, got ${stayMs}`)
}

function checkPattern(stream: string): void {
  if (PATTERN.test(stream)) return
  throw new TypeError(
    `streams: expected ids of 1 to 128 letters, digits, _ and -, or a prefix and *, got ${JSON.stringify(stream)}`,
  )
}

function claimsIn(fields: Fields, audience: Audience, nowS: number): Claims | null {
  const { aud, exp, nbf = 0, streams, rights = ['read'] } = fields
  if (![aud].flat().includes(audience) || !isTime(exp) || !isTime(nbf)) return null
  if (exp + LEEWAY_S <= nowS || nbf - LEEWAY_S > nowS) return null
  if (!isList(streams) || !isList(rights)) return null
  if (audience === 'framewise') return { streams, rights, untilMs: (exp + LEEWAY_S) * 1000 }
  const { iat, until = Number(iat) + STAY_S } = fields
  if (!isTime(iat) || iat - LEEWAY_S > nowS || exp - iat > TICKET_S) return null
  if (!isTime(until) || until <= nowS) return null
  return { streams, rights: ['read'], untilMs: until * 1000 }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsIn(part: string): Fields {
  try {
    const value: unknown = JSON.parse(bytesOf(part).toString())
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

// Of all spellings of the same bytes the canonical one alone: Node skips what is no base64url.
function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : Buffer.alloc(0)
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function digest(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
