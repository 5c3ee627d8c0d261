// Names that a run has in Redis, in the two layouts in the field.

/** Keys and channels of one run. */
export interface SunaKeys {
  /** Layout `suna-list`: a list, one payload for each element. */
  readonly list: string
  /** Layout `suna-list`: channel that says `new` after each write. */
  readonly doorbell: string
  /** Layout `suna-list`: channel of STOP, END_STREAM and ERROR. */
  readonly control: string
  /** Layout `suna-stream`: a Redis Stream, the payload in field `data`. */
  readonly stream: string
}

/** Names of the run with this id. */
export function sunaKeys(id: string): SunaKeys {
  const run = `agent_run:${id}`
  return {
    list: `${run}:responses`,
    doorbell: `${run}:new_response`,
    control: `${run}:control`,
    stream: `${run}:stream`,
  }
}
