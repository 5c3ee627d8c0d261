// JSON of the application's own, for its own reducer: every value passes through as it is.
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { linesBody } from './body-lines.ts'
import { isBodyEnd, isDone } from './ends.ts'
import { decoded, fail, isObject, maybeText } from './fields.ts'
import { utf8MediaType } from './utf8.ts'

/** Options of {@link json}. */
export interface JsonOptions {
  /** True for a value that ends the run; `name` is that of its server-sent event. @default none does, but `[DONE]` and the end of a body of lines */
  readonly terminal?: ((value: unknown, name: string) => boolean) | undefined
  /** What another connection brings. @default 'cursor' */
  readonly resume?: Protocol['resume'] | undefined
}

const FINISHED: AgentEvent = Object.freeze({ type: 'RUN_FINISHED', reason: 'completed' })

const LINES = /^application\/(x-)?(ndjson|jsonl|json-?lines)$/

/**
 * JSON values, one per server-sent event or per line of an NDJSON body. Each is a CUSTOM event by the name of its
 * `type`, or else of its server-sent event. Resumes by cursor.
 * @example createAgentStream({ url, protocol: json(), reduce: count, initialState: 0 })
 */
export function json(options: JsonOptions = {}): Protocol {
  return {
    name: 'json',
    resume: options.resume ?? 'cursor',
    decode: (frame) => decode(frame, options.terminal),
    body: (contentType) => (LINES.test(utf8MediaType(contentType) ?? '') ? linesBody() : null),
  }
}

// Where a value ends the run, the end of a body before it is a cut.
function decode(frame: Frame, terminal: JsonOptions['terminal']): Decoded {
  if (isBodyEnd(frame)) return terminal === undefined ? decoded(FINISHED) : decoded()
  if (isDone(frame)) return decoded(FINISHED)
  const value = parse(frame.data)
  const type = isObject(value) ? maybeText(value['type']) : undefined
  const event = { type: 'CUSTOM', name: type ?? frame.event, value } as const
  return terminal?.(value, frame.event) === true ? decoded(event, FINISHED) : decoded(event)
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data) as unknown
  } catch {
    return fail('data to be JSON', data.slice(0, 40))
  }
}
