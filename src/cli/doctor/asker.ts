// The only way to the server: commands that change nothing, at most so many of them, each answered within a time. What
// is not in the list is not sent, whoever asks for it.
import { ErrorReply } from '@redis/client'
import { messageOf } from '../command-error.ts'
import { DoctorError } from './doctor-error.ts'

/** What Redis answers, as RESP2 has it. */
export type Reply = string | number | null | readonly Reply[]

/** An answer, or why there is none. */
export type Answer =
  | { readonly kind: 'answered'; readonly reply: Reply }
  | { readonly kind: 'not-allowed' | 'not-reported'; readonly said: string }

/** Sends one command. */
export type SendCommand = (args: readonly string[]) => Promise<unknown>

/** Asks one server. */
export interface Asker {
  /** What it says, a refusal included. @throws DoctorError when it does not answer */
  ask(...args: readonly string[]): Promise<Answer>
  /** The reply itself. @throws DoctorError for a refusal too */
  need(...args: readonly string[]): Promise<Reply>
  /** Commands sent. */
  count(): number
}

/** Most commands of one examination: those asked here, and those of its connections. */
export const COMMAND_BUDGET = 500

/** Of these, what connecting and listening take. */
const CONNECTION_COMMANDS = 20

const READS: ReadonlySet<string> = new Set(
  (
    'PING ECHO TIME INFO CONFIG SLOWLOG CLIENT SCAN TYPE EXISTS PTTL OBJECT MEMORY LLEN LINDEX LRANGE XLEN XRANGE ' +
    'XREVRANGE XINFO XREAD ACL'
  ).split(' '),
)
// Of commands that can do both.
const HARMLESS: Readonly<Record<string, RegExp>> = {
  CONFIG: /^GET$/,
  SLOWLOG: /^GET$/,
  CLIENT: /^(ID|LIST|TRACKING|UNBLOCK)$/,
  OBJECT: /^IDLETIME$/,
  MEMORY: /^USAGE$/,
  XINFO: /^STREAM$/,
  ACL: /^(WHOAMI|DRYRUN)$/,
}
const ANSWER_MS = 10_000

/**
 * Makes an asker.
 * @param budget most commands; one more is an Error, since the caller has to keep to it
 */
export function createAsker(
  send: SendCommand,
  budget: number = COMMAND_BUDGET - CONNECTION_COMMANDS,
): Asker {
  let sent = 0

  async function ask(...args: readonly string[]): Promise<Answer> {
    if (!isRead(args)) throw new Error(`doctor does not send ${args.join(' ')}`)
    if (++sent > budget) throw new Error(`doctor is to send ${budget} commands at most`)
    try {
      return { kind: 'answered', reply: (await inTime(send(args), args)) as Reply }
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw lost(error)
      const said = error.message
      return { kind: said.startsWith('NOPERM') ? 'not-allowed' : 'not-reported', said }
    }
  }

  return {
    ask,
    async need(...args) {
      const answer = await ask(...args)
      if (answer.kind === 'answered') return answer.reply
      throw new DoctorError(`Redis refuses ${args[0]}: ${answer.said}`)
    },
    count: () => sent,
  }
}

/** True for a command that only looks. */
export function isRead([verb = '', sub = '']: readonly string[]): boolean {
  return READS.has(verb) && (HARMLESS[verb]?.test(sub) ?? true)
}

/** The reply, or null where there is none. */
export function replyOf(answer: Answer): Reply {
  return answer.kind === 'answered' ? answer.reply : null
}

async function inTime(reply: Promise<unknown>, [verb]: readonly string[]): Promise<unknown> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer to ${verb} within ${ANSWER_MS} ms`)),
    ANSWER_MS,
  )
  try {
    return await Promise.race([reply, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const lost = (error: unknown): DoctorError =>
  new DoctorError(`Redis went away while it was asked: ${messageOf(error)}`, { cause: error })
