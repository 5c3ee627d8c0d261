// One append, as a script: what is checked and what is written cannot come apart, so a batch that is sent again after a
// cut lands once. Beside the log lies a fence: a hash with the writer's token and how many events it has written. A
// batch names the index of its first event; what the fence counts already is dropped, a hole is refused.
import { createHash } from 'node:crypto'
import type { WriterClient } from './writer-client.ts'

/** Where events go and how. */
export interface LogPlace {
  /** Key of the list or stream. */
  readonly key: string
  /** Field of a stream entry; null for a list. */
  readonly field: string | null
  /** Field of a stream entry that takes the stamp; null for none. */
  readonly stampField: string | null
  /** Channel that rings after a write; null for none. */
  readonly doorbell: string | null
  /** Channel that is told the end; null for none. */
  readonly control: string | null
  readonly ttlMs: number
}

/** One event on its way. */
export interface Outgoing {
  readonly payload: string
  readonly bytes: number
  /** When it was received, as epoch ms. */
  readonly atMs: number
  /** For the event that ends the run: what its end is called on the control channel. */
  readonly endWord?: string | undefined
}

/** Events that are written together. */
export interface Batch {
  /** Index of the first of them among all events of this writer. */
  readonly first: number
  readonly events: readonly Outgoing[]
}

/** What became of a call: so many events are written in all, or nothing was done and why. */
export type Outcome = number | 'superseded' | 'lost' | 'ended' | 'gap' | 'taken'

/** Appends to one log on behalf of one writer. Both methods reject with what the client rejects with. */
export interface AppendScript {
  /** Takes the run over. With `exclusive`, only from a writer that is done. */
  claim(exclusive: boolean): Promise<Outcome>
  /** With `whole`, the script itself is sent too, for a Redis that has forgotten it. */
  append(batch: Batch, whole: boolean): Promise<Outcome>
  /** Says that this writer is done although the run has not ended. */
  release(first: number): Promise<Outcome>
}

// What an append is told, in this order: act, token, expiry, index of its first event, field (empty for a list), field of
// the stamp, doorbell, control channel, word for it (each empty for none), then payloads, each followed by its stamp where
// there is a field for it.
const SCRIPT = `
local log, fence = KEYS[1], KEYS[2]
local act, token, ttl = ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('HMGET', fence, 'token', 'written', 'state')
local kept = redis.call('EXISTS', log) == 1
if act == 'claim' then
  if held[1] and held[1] ~= token then
    if kept and held[3] == 'ended' then return -3 end
    if ARGV[4] == 'exclusive' and held[3] == 'writing' then return -5 end
  end
  redis.call('HSET', fence, 'token', token, 'written', 0, 'state', 'writing')
  redis.call('PEXPIRE', fence, ttl)
  return 0
end
if not held[1] then return -2 end
if held[1] ~= token then return -1 end
local written, first = tonumber(held[2]), tonumber(ARGV[4])
if written > 0 and not kept then return -2 end
if first > written then return -4 end
local field, stampField, bell, control, word = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local width = 1
if stampField ~= '' then width = 2 end
local from = 10 + (written - first) * width
for at = from, #ARGV, width do
  if field == '' then redis.call('RPUSH', log, ARGV[at])
  elseif width == 1 then redis.call('XADD', log, '*', field, ARGV[at])
  else redis.call('XADD', log, '*', field, ARGV[at], stampField, ARGV[at + 1]) end
  written = written + 1
end
redis.call('HSET', fence, 'written', written, 'state', act)
redis.call('PEXPIRE', fence, ttl)
redis.call('PEXPIRE', log, ttl)
if from <= #ARGV then
  if bell ~= '' then redis.call('PUBLISH', bell, 'new') end
  if control ~= '' and word ~= '' then redis.call('PUBLISH', control, word) end
end
return written
`
const SHA1 = createHash('sha1').update(SCRIPT).digest('hex')

const REFUSALS = ['superseded', 'lost', 'ended', 'gap', 'taken'] as const

/** The key beside a log that tells whose it is: in a Redis Cluster it lies in the slot of the log. */
export function fenceKeyOf(key: string): string {
  return /\{[^}]+\}/.test(key) ? `${key}:writer` : `${key}:writer:{${key}}`
}

/** Makes the script's calls for one writer. */
export function createAppendScript(
  client: WriterClient,
  place: LogPlace,
  token: string,
): AppendScript {
  const keys = [place.key, fenceKeyOf(place.key)]
  const ttl = String(place.ttlMs)

  async function call(args: string[], whole: boolean): Promise<Outcome> {
    const options = { keys: [...keys], arguments: args }
    const reply = await (whole ? client.eval(SCRIPT, options) : client.evalSha(SHA1, options))
    const code = Number(reply)
    const refusal = REFUSALS[-code - 1]
    if (Number.isInteger(code) && (code >= 0 || refusal)) return refusal ?? code
    throw new TypeError(`expected a number from the script, got ${String(reply)}`)
  }

  function append({ first, events }: Batch, whole: boolean, act?: string): Promise<Outcome> {
    const word = events.at(-1)?.endWord
    const args = [
      act ?? (word === undefined ? 'writing' : 'ended'),
      token,
      ttl,
      String(first),
      place.field ?? '',
      place.stampField ?? '',
      place.doorbell ?? '',
      place.control ?? '',
      word ?? '',
    ]
    for (const { payload, atMs } of events) {
      args.push(payload)
      if (place.stampField !== null) args.push(String(atMs))
    }
    return call(args, whole)
  }

  return {
    claim: (exclusive) => call(['claim', token, ttl, exclusive ? 'exclusive' : ''], true),
    append: (batch, whole) => append(batch, whole),
    release: (first) => append({ first, events: [] }, true, 'closed'),
  }
}
