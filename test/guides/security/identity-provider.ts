import type { Authorize } from 'framewise/relay'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

// What is wrong with a token. All else is wrong with us: that must fail, and not turn people away.
const INVALID = /^ERR_(?:JW[TS]_|JWKS_NO_MATCHING_KEY|JOSE_ALG_NOT_ALLOWED)/

/** Takes the tokens of an identity provider, which names the runs of their bearer in a claim. */
export function byIdentityProvider(issuer: string): Authorize {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  const expected = { issuer, audience: 'chat', algorithms: ['RS256'], requiredClaims: ['exp'] }
  return async ({ token }, { stream, right }) => {
    if (token === null) return 'unauthorized'
    try {
      const { payload } = await jwtVerify<{ runs?: string[]; exp: number }>(token, keys, expected)
      if (!payload.runs?.includes(stream)) return 'not-found'
      if (right === 'stop') return 'stop-not-permitted'
      return { untilMs: payload.exp * 1000 }
    } catch (error) {
      if (error instanceof errors.JOSEError && INVALID.test(error.code)) return 'unauthorized'
      throw error
    }
  }
}
