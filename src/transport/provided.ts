// Credentials and headers that may be a value or be asked for anew with every request.
import type { Provided } from './sse.ts'
import type { OpenReason } from './transport.ts'

/** The value, or what the function gives when it is told why. */
export function provide<T>(
  value: Provided<T> | undefined,
  reason: OpenReason,
): T | Promise<T> | undefined {
  return typeof value === 'function' ? (value as (c: object) => T | Promise<T>)({ reason }) : value
}
