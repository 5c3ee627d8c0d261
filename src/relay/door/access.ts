// Who may read or stop which stream: by tokens, by a hook of the application's, or everyone where only this machine can
// ask. It is settled before anything touches the store, so that no answer tells whether a stream exists.
import { within } from '../pause.ts'
import type { RelayRequest } from '../request.ts'
import { checkSecrets, createVerify } from './token.ts'
import type { Claims, Right } from './token.ts'

/** What was allowed. */
export interface Grant {
  /** When it ends, as ms since 1970; null for never. */
  readonly untilMs: number | null
}

/**
 * What was not allowed: `unauthorized` without valid credentials, `not-found` with those for other streams,
 * `stop-not-permitted` with some that may only read.
 */
export type Denial = 'unauthorized' | 'not-found' | 'stop-not-permitted'

/** Decides. */
export interface Access {
  /**
   * Rejects when it cannot be told; the message has no credentials in it.
   * @param token as a WebSocket's message gave it; null takes what the request itself carries
   */
  check(
    request: RelayRequest,
    token: string | null,
    stream: string,
    right: Right,
  ): Promise<Grant | Denial>
}

/** What an {@link Authorize} hook can look at. */
export interface AuthorizeRequest {
  /** Of `Authorization: Bearer`, or of the message on a WebSocket; null where there is none. */
  readonly token: string | null
  /** Of the request or, on a WebSocket, of its upgrade. */
  readonly query: URLSearchParams
  /** Of the client, as far as `trustProxy` tells; null where the server does not. */
  readonly address: string | null
  /** A header by its lower-case name. */
  header(name: string): string | undefined
}

/** What somebody wants to do. */
export interface AuthorizeTarget {
  /** Id of the stream. */
  readonly stream: string
  /** What to do with it: a stop is no reading. */
  readonly right: Right
}

/**
 * Decides in place of tokens. What it throws, and what takes longer than 10 s, is no grant but a failure; a grant whose
 * time is over is `unauthorized`.
 */
export type Authorize = (
  request: AuthorizeRequest,
  target: AuthorizeTarget,
) => Grant | Denial | Promise<Grant | Denial>

/** What decides, and what tells who asks. */
export interface AccessOptions {
  readonly secret: string | readonly string[]
  readonly authorize?: Authorize | undefined
  readonly addressOf: (request: RelayRequest) => string | null
}

const PATIENCE_MS = 10_000
const FOREVER: Grant = Object.freeze({ untilMs: null })
const DENIALS: ReadonlySet<unknown> = new Set<Denial>([
  'unauthorized',
  'not-found',
  'stop-not-permitted',
])

/** Everyone may do everything: for a relay that only this machine can reach. */
export const openAccess: Access = Object.freeze({ check: () => Promise.resolve(FOREVER) })

/**
 * Chooses by what is given.
 * @throws TypeError for a secret of less than 32 bytes, and for both a secret and a hook
 */
export function createAccess(options: AccessOptions): Access {
  const secrets = checkSecrets(options.secret)
  if (options.authorize === undefined) return secrets.length > 0 ? byToken(secrets) : openAccess
  if (secrets.length === 0) return byHook(options.authorize, options.addressOf)
  throw new TypeError('expected `secret` or `authorize`, got both')
}

function byToken(secrets: readonly string[]): Access {
  const verify = createVerify(secrets)

  function claimsOf(request: RelayRequest, given: string | null): Claims | null {
    const token = given ?? bearerOf(request)
    if (token !== null) return verify(token, 'framewise')
    return verify(request.query.get('ticket') ?? '', 'framewise-ticket')
  }

  return {
    async check(request, token, stream, right) {
      const claims = claimsOf(request, token)
      if (claims === null) return 'unauthorized'
      if (!claims.streams.some((pattern) => isFor(pattern, stream))) return 'not-found'
      if (claims.rights.includes(right)) return claims
      return right === 'stop' ? 'stop-not-permitted' : 'not-found'
    },
  }
}

function byHook(authorize: Authorize, addressOf: AccessOptions['addressOf']): Access {
  async function ask(request: AuthorizeRequest, target: AuthorizeTarget): Promise<Grant | Denial> {
    try {
      return await authorize(request, target)
    } catch (error) {
      // Its words may hold what was asked with.
      const name = error instanceof Error ? error.name : typeof error
      throw new Error(`authorize has thrown: ${name}`, { cause: error })
    }
  }

  return {
    async check(request, given, stream, right) {
      const { query, header } = request
      const token = given ?? bearerOf(request)
      const question = { token, query, header, address: addressOf(request) }
      const answer = await within(PATIENCE_MS, ask(question, { stream, right }))
      if (isAnswer(answer)) return isOver(answer) ? 'unauthorized' : answer
      throw new Error(`authorize: expected { untilMs } or a denial within ${PATIENCE_MS} ms`)
    },
  }
}

function bearerOf(request: RelayRequest): string | null {
  return /^bearer +(\S+) *$/i.exec(request.header('authorization') ?? '')?.[1] ?? null
}

function isFor(pattern: string, stream: string): boolean {
  return pattern.endsWith('*') ? stream.startsWith(pattern.slice(0, -1)) : stream === pattern
}

// Of a session that has ended: it would be shown all there is before its time is looked at.
function isOver(answer: Grant | Denial): boolean {
  return typeof answer === 'object' && answer.untilMs !== null && answer.untilMs <= Date.now()
}

function isAnswer(answer: unknown): answer is Grant | Denial {
  if (typeof answer !== 'object' || answer === null) return DENIALS.has(answer)
  const { untilMs } = answer as { readonly untilMs?: unknown }
  return untilMs === null || Number.isFinite(untilMs)
}
