// Where a run lies in Redis, by Suna's names: shared by what writes runs there and what reads them.

/** Templates of the names in Redis; `{id}` stands for the stream id. */
export interface RedisNames {
  /** List of events. @default 'agent_run:{id}:responses' */
  readonly list: string
  /** Channel that rings after a write. @default 'agent_run:{id}:new_response' */
  readonly doorbell: string
  /** Channel on which a run is asked to stop and told to be over. @default 'agent_run:{id}:control' */
  readonly control: string
  /** Stream of events. @default 'agent_run:{id}:stream' */
  readonly stream: string
  /** Field of a stream entry that holds the event. @default 'data' */
  readonly field: string
  /** Key that asks a run in the stream layout to stop. @default 'agent_run:{id}:stop' */
  readonly stop: string
}

/** Suna's names. */
export const sunaNames: RedisNames = Object.freeze({
  list: 'agent_run:{id}:responses',
  doorbell: 'agent_run:{id}:new_response',
  control: 'agent_run:{id}:control',
  stream: 'agent_run:{id}:stream',
  field: 'data',
  stop: 'agent_run:{id}:stop',
})

/** A template's name for one stream. */
export function nameOf(template: string, id: string): string {
  return template.replaceAll('{id}', id)
}
