// Which of the relay's commands this user may run: tried on a key that is not there, so that nothing is changed. What
// would write is not tried but asked for, where ACL DRYRUN may be run.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { replyOf } from './asker.ts'
import type { Asker } from './asker.ts'
import type { Finding } from './finding.ts'
import type { ServerFacts } from './server-facts.ts'

/** Why a command is wanted. To follow streams, the relay tracks keys, or blocks where it may not. */
type Use = 'reading' | 'waking' | 'tracking' | 'blocking' | 'stopping'

/** What was tried. */
export interface Permission {
  readonly command: string
  readonly use: Use
  /** Null where it cannot be known without doing it. */
  readonly allowed: boolean | null
  /** False for a server that does not know the command. */
  readonly known: boolean
}

const ID = 'framewise_doctor'

/** Tries and asks. */
export async function askPermissions(asker: Asker, names: RedisNames): Promise<Permission[]> {
  const [list, stream] = [nameOf(names.list, ID), nameOf(names.stream, ID)]
  const ownId = replyOf(await asker.ask('CLIENT', 'ID'))
  const tries: readonly (readonly [Use, string, readonly string[]])[] = [
    ['reading', 'EXISTS', ['EXISTS', list]],
    ['reading', 'TYPE', ['TYPE', list]],
    ['reading', 'LRANGE', ['LRANGE', list, '0', '0']],
    ['reading', 'LINDEX', ['LINDEX', list, '0']],
    ['reading', 'LLEN', ['LLEN', list]],
    ['reading', 'XRANGE', ['XRANGE', stream, '-', '+', 'COUNT', '1']],
    ['reading', 'XREVRANGE', ['XREVRANGE', stream, '+', '-', 'COUNT', '1']],
    ['reading', 'XINFO STREAM', ['XINFO', 'STREAM', stream]],
    ['blocking', 'XREAD', ['XREAD', 'COUNT', '1', 'STREAMS', stream, '0-0']],
    ['tracking', 'CLIENT ID', ['CLIENT', 'ID']],
    ['tracking', 'CLIENT TRACKING', ['CLIENT', 'TRACKING', 'OFF']],
    // Its own connection waits for nothing: 0, and nothing happens.
    ['blocking', 'CLIENT UNBLOCK', ['CLIENT', 'UNBLOCK', String(ownId ?? 0)]],
    ['waking', 'TIME', ['TIME']],
  ]
  const tried = tries.map(async ([use, command, args]): Promise<Permission> => {
    const answer = await asker.ask(...args)
    const said = answer.kind === 'answered' ? '' : answer.said
    const known = !/unknown (sub)?command|not supported|unsupported/i.test(said)
    return { command, use, allowed: answer.kind !== 'not-allowed', known }
  })
  return [...(await Promise.all(tried)), ...(await dryRuns(asker, names))]
}

async function dryRuns(asker: Asker, names: RedisNames): Promise<Permission[]> {
  const user = replyOf(await asker.ask('ACL', 'WHOAMI'))
  const [bell, control, stop] = [names.doorbell, names.control, names.stop].map((template) =>
    nameOf(template, ID),
  ) as [string, string, string]
  const wishes: readonly (readonly [Use, string, readonly string[]])[] = [
    ['waking', 'SUBSCRIBE', ['SUBSCRIBE', bell]],
    ['stopping', 'PUBLISH', ['PUBLISH', control, 'STOP']],
    ['stopping', 'SET', ['SET', stop, '1', 'EX', '300']],
  ]
  return Promise.all(
    wishes.map(async ([use, command, args]): Promise<Permission> => {
      const said =
        typeof user === 'string' ? replyOf(await asker.ask('ACL', 'DRYRUN', user, ...args)) : null
      return { command, use, known: true, allowed: typeof said === 'string' ? said === 'OK' : null }
    }),
  )
}

/** Rates what the relay's user may do, and what the doctor may not ask. */
export function ratePermissions(tried: readonly Permission[], facts: ServerFacts): Finding {
  const isLacking = ({ allowed, known }: Permission): boolean => allowed === false || !known
  const isTracking = !tried.some((one) => one.use === 'tracking' && isLacking(one))
  const wanted = tried.filter(({ use }) => use !== 'blocking' || !isTracking)
  const lacking = (...uses: readonly Use[]): string[] =>
    wanted.filter((one) => uses.includes(one.use) && isLacking(one)).map(({ command }) => command)
  const [reading, stopping] = [lacking('reading'), lacking('stopping')]
  const waking = lacking('waking', 'tracking', 'blocking')
  const own = refusedToDoctor(facts)
  const untold = wanted.filter(({ allowed }) => allowed === null).map(({ command }) => command)
  const usable = wanted.filter(({ allowed, known }) => allowed === true && known).length
  const rating =
    reading.length > 0
      ? 'poor'
      : waking.length > 0
        ? 'needs-work'
        : own.length > 0
          ? 'not-allowed'
          : 'good'
  const sentences = [
    reading.length > 0 ? `The relay cannot read runs: ${reading.join(', ')} refused.` : '',
    waking.length > 0
      ? `Without ${waking.join(', ')} the relay learns of new events by doorbells, short blocking reads or polls.`
      : '',
    own.length > 0
      ? `This user may not ask ${own.join(', ')}: what they tell cannot be judged.`
      : '',
    stopping.length > 0
      ? `Without ${stopping.join(', ')} the relay cannot ask a run to stop (403).`
      : '',
    untold.length > 0
      ? `Not known without doing it: ${untold.join(', ')} (+acl|dryrun would tell).`
      : '',
    reading.length + waking.length === 0 ? 'The relay has all it needs to read.' : '',
  ]
  const advice = [
    reading.length + waking.length > 0
      ? 'Give the relay’s user the rights in docs/redis.md: then it needs no poll and no doorbell.'
      : '',
    own.length > 0
      ? 'For an examination, let this user ask: ACL SETUSER name +info +config|get +slowlog|get +client|list +scan +pttl +xlen.'
      : '',
  ]
  return {
    id: 'permissions',
    value: usable,
    unit: `of ${wanted.length} commands`,
    rating,
    why: sentences.filter(Boolean).join(' '),
    advice: advice.filter(Boolean).join(' '),
  }
}

function refusedToDoctor({ noInfo, noConfig, slowLog }: ServerFacts): string[] {
  return [
    noInfo?.rating === 'not-allowed' ? 'INFO' : '',
    noConfig?.rating === 'not-allowed' ? 'CONFIG' : '',
    slowLog.kind === 'not-allowed' ? 'SLOWLOG' : '',
  ].filter(Boolean)
}
