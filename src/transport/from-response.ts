// A response that somebody else asked for, as a transport: it can be read once; what follows a cut comes from elsewhere.
import { readResponse } from './response.ts'
import type { Transport } from './transport.ts'

/** Reads a response, and after a cut `rest`. @param rest null when a cut is final */
export function fromResponse(response: Response, rest: Transport | null): Transport {
  let fresh = true
  let left = false
  return {
    name: rest?.name ?? response.url,
    once: rest === null,
    // The response is the run; the rest may not know of it yet.
    get keep() {
      return !fresh && !left
    },
    cancel: rest?.cancel,
    time: rest?.time,
    open(options) {
      if (!fresh && rest !== null) {
        left = true
        return rest.open(options)
      }
      fresh = false
      return readResponse(response, options)
    },
  }
}
