// Credentials and headers that may be a value or be asked for anew with every request.
import type { OpenReason } from './transport.ts'

/** A value, or a function that is asked for it on every connect. */
export type Provided<T> = T | ((context: { reason: OpenReason }) => T | Promise<T>)

/** What a request shows of whoever makes it. */
export interface Credentials {
  /** Sent as `Authorization: Bearer`; asked again once after a 401. @default none */
  readonly token?: Provided<string> | undefined
  /** Further request headers. @default none */
  readonly headers?: Provided<Readonly<Record<string, string>>> | undefined
}

/** The value, or what the function gives when it is told why. */
export function provide<T>(
  value: Provided<T> | undefined,
  reason: OpenReason,
): T | Promise<T> | undefined {
  return typeof value === 'function' ? (value as (c: object) => T | Promise<T>)({ reason }) : value
}

/** The credentials as request headers. */
export async function credentialHeaders(
  { token, headers }: Credentials,
  reason: OpenReason,
): Promise<Record<string, string>> {
  const given = await provide(headers, reason)
  const bearer = await provide(token, reason)
  return { ...given, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) }
}

/** True when asking once more may give other credentials. */
export function canRenew({ token, headers }: Credentials): boolean {
  return typeof token === 'function' || typeof headers === 'function'
}
