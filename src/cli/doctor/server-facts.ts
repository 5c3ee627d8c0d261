// What the server says of itself. Each answer may be missing: a user without the right, a server that does not know it.
import type { Answer, Asker } from './asker.ts'
import { replyOf } from './asker.ts'
import { parseInfo } from './info.ts'
import type { Info } from './info.ts'

/** Why something is not known. */
export interface Missing {
  readonly rating: 'not-allowed' | 'not-reported'
  readonly said: string
}

/** What was asked once. */
export interface ServerFacts {
  readonly info: Info
  /** Why INFO as a whole is missing; null when it came. */
  readonly noInfo: Missing | null
  /** Settings by name, as far as they may be read. */
  readonly config: ReadonlyMap<string, string>
  readonly noConfig: Missing | null
  readonly slowLog: Answer
  /** One line per client, or null where it was not asked or not answered. */
  readonly clients: string | null
  /** The server's clock, epoch ms; null where it does not tell. */
  readonly nowMs: number | null
}

const SETTINGS = [
  'maxmemory-policy',
  'save',
  'appendfsync',
  'tcp-keepalive',
  'timeout',
  'maxclients',
  'client-output-buffer-limit',
]
const MOST_CLIENTS = 1000
const SLOW_ENTRIES = 32

/** Asks. */
export async function askServer({ ask }: Asker): Promise<ServerFacts> {
  const told = await ask('INFO')
  const info = told.kind === 'answered' ? parseInfo(String(told.reply)) : new Map<string, string>()
  const settings = await Promise.all(SETTINGS.map((name) => ask('CONFIG', 'GET', name)))
  const time = replyOf(await ask('TIME'))
  const connected = Number(info.get('connected_clients') ?? Infinity)
  // The list grows with the clients: a long one would be a burden of its own.
  const clients = connected <= MOST_CLIENTS ? replyOf(await ask('CLIENT', 'LIST')) : null
  return {
    info,
    noInfo: missing(told),
    config: configIn(settings),
    noConfig: missing(settings[0]),
    slowLog: await ask('SLOWLOG', 'GET', String(SLOW_ENTRIES)),
    clients: typeof clients === 'string' ? clients : null,
    nowMs: Array.isArray(time) ? Number(time[0]) * 1000 + Number(time[1]) / 1000 : null,
  }
}

/** What is missing of an answer; null when it is there. */
export function missing(answer: Answer | undefined): Missing | null {
  if (answer === undefined || answer.kind === 'answered') return null
  return { rating: answer.kind, said: answer.said }
}

function configIn(answers: readonly Answer[]): Map<string, string> {
  const pairs = answers
    .map(replyOf)
    .filter((reply): reply is readonly string[] => Array.isArray(reply) && reply.length >= 2)
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}
