// What a stream checks before it begins, and what it says to those who use it wrongly.
import { AgentStreamError } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import type { StreamCounts } from '../core/tap.ts'
import type { AgentStreamOptions } from './options.ts'

/** Identity of the stream with these options. @throws TypeError when nothing says where its events come from */
export function streamId<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
): string {
  const { id = options.url ?? options.transport?.name } = options
  if (typeof id === 'string') return id
  throw new TypeError(
    'expected `url`, `transport`, or `start` with an `id`, got none: where shall the events come from?',
  )
}

/** Looks at a protocol once. @throws TypeError for a factory that was not called */
export function checkProtocol({ decode }: Protocol): void {
  if (typeof decode === 'function') return
  throw new TypeError(
    'expected `protocol` to be an object with `decode`, got none: most are called, as `aiSdk()`',
  )
}

/** There is no way to start a run. @throws TypeError always */
export function noStart(): never {
  throw new TypeError('expected a `start` option, got none: how shall the agent be asked?')
}

/** A run is under way. */
export function busy(): AgentStreamError {
  return new AgentStreamError('busy', 'a run is under way: stop it, or wait until it is over')
}

/** More than may wait was waiting. */
export function overflow(limit: number): AgentStreamError {
  const words = `more than ${limit} events waited to be published; they were published at once`
  return new AgentStreamError('backlog-exceeded', words)
}
