// Where a stream's runs are read: at home, or where the start of a run says.
import type { StreamCounts } from '../core/tap.ts'
import { isResponse } from './starter.ts'
import type { AgentStreamOptions, StartAnswer } from './options.ts'
import { fromResponse } from '../transport/from-response.ts'
import { sse } from '../transport/sse.ts'
import type { Transport } from '../transport/transport.ts'

/** The transports of one stream. */
export interface Sources {
  /** What is to be read now; null while nobody said where. */
  readonly current: Transport | null
  /** Its address, where a start named it. */
  readonly url: string | undefined
  /**
   * Goes to where this answer says that the run is read.
   * @throws TypeError when it says nothing and there is no home
   */
  move(answer: StartAnswer): void
  /** Goes to this address. */
  moveTo(url: string | undefined): void
}

/** Begins at home: the stream's `url` or `transport`. */
export function createSources<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
): Sources {
  // Looked up for every request: who holds the options may change them.
  const at = (url: string): Transport =>
    sse({
      url,
      get token() {
        return options.transport === undefined ? options.token : undefined
      },
      get headers() {
        return options.transport === undefined ? options.headers : undefined
      },
      get fetch() {
        return options.transport === undefined ? options.fetch : undefined
      },
    })
  const home = options.transport ?? (options.url === undefined ? null : at(options.url))
  let current = home
  let address: string | undefined
  const moveTo = (url: string | undefined): void => {
    // The very address that is read already is the same log, and goes on.
    if (url === undefined || url === current?.name) return
    current = at(url)
    address = url
  }
  return {
    get current() {
      return current
    },
    get url() {
      return address
    },
    moveTo,
    move(answer) {
      if (isResponse(answer)) {
        current = fromResponse(answer, home)
        address = undefined
      } else if (answer?.transport !== undefined) {
        current = answer.transport
        address = undefined
      } else moveTo(answer?.url)
      if (current !== null) return
      throw new TypeError(
        'expected `start` to give a response, a `url` or a `transport`, got none: where shall the run be read?',
      )
    },
  }
}
