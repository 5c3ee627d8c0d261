// `framewise token`: mints a token, for trying out and for scripts.
import { signToken } from '../relay/index.ts'
import { messageOf, UsageError } from './command-error.ts'
import type { Command } from './command.ts'
import type { FlagValues } from './flags/flag-values.ts'
import { SECRET_FLAG, secretsIn } from './flags/secret-flag.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The command `token`. */
export const tokenCommand: Command = {
  name: 'token',
  summary: 'mint a token that a relay with the same secret takes',
  usage: '--stream ID [--stream PREFIX*] [--stop] [--ttl 1h] [--ticket]',
  flags: {
    stream: { value: 'ID', many: true, help: 'stream it is for; PREFIX* for all that begin so' },
    stop: { help: 'it may also stop the run' },
    ttl: {
      value: 'TIME',
      help: 'how long it is valid, as 90s, 15m, 1h, 7d (default: 1h, a ticket 60s)',
    },
    ticket: { help: 'a ticket, for ?ticket= where no header can be set; valid 60 s at most' },
    ...SECRET_FLAG,
  },
  notes: [
    'Prints the token and nothing else. With several secrets the first signs.',
    'curl -N -H "Authorization: Bearer $(framewise token --stream ID)" http://127.0.0.1:4400/v1/streams/ID/events',
  ],
  run({ flags, print }) {
    print(mint(flags))
    return Promise.resolve(0)
  },
}

function mint(flags: FlagValues): string {
  const secrets = secretsIn(flags)
  if (secrets.length === 0)
    throw new UsageError("no secret: give the relay's own, by FRAMEWISE_SECRET or --secret")
  const streams = flags.text('stream')?.split(',') ?? []
  if (streams.length === 0) throw new UsageError('no stream: name what it is for by --stream ID')
  const ticket = flags.given('ticket')
  if (ticket && flags.given('stop'))
    throw new UsageError('a ticket may read and nothing else: leave out --stop')
  const expiresInMs = durationOf(flags.text('ttl') ?? (ticket ? '60s' : '1h'))
  try {
    return signToken(secrets, {
      streams,
      rights: flags.given('stop') ? ['read', 'stop'] : ['read'],
      expiresInMs,
      ticket,
    })
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

function durationOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN)
  if (ms > 0) return ms
  throw new UsageError(`--ttl must be a time as 90s, 15m, 1h or 7d, got "${text}"`)
}
