// `framewise doctor`: checks a Redis and a stream in it, and says what slows streams down and what to change.
import { STREAM_ID } from '../wire/protocol.ts'
import { sunaNames } from '../wire/redis-names.ts'
import type { Command, CommandContext } from './command.ts'
import { examine } from './doctor/examine.ts'
import { report } from './doctor/report.ts'
import { createSteps } from './doctor/steps.ts'
import { asIn, integerFrom } from './flag-checks.ts'
import type { Flags } from './flags.ts'
import { checkRedisUrl, shownRedisUrl } from './redis-client.ts'
import { keysIn, RELAY_FLAGS } from './relay-flags.ts'

const REDIS_URL = 'redis://127.0.0.1:6379'

/** The command `doctor`. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check a Redis and the streams in it, and say what to change',
  usage: '[--redis URL] [--stream ID] [--compare URL | --watch] [--json]',
  flags: {
    redis: {
      value: 'URL',
      env: 'REDIS_URL',
      default: REDIS_URL,
      help: 'Redis to check, redis:// or rediss://',
      check: asIn(checkRedisUrl),
    },
    stream: {
      value: 'ID',
      help: 'a run to look at as well: its chunks, pace, reads and end',
      check: checkStream,
    },
    json: { help: 'print one JSON object' },
    'writer-rtt': {
      value: 'MS',
      help: 'round trip to Redis as measured where the writer runs',
      check: integerFrom(0, 60_000),
    },
    keys: { ...(RELAY_FLAGS as Flags & { keys: Flags[string] }).keys, group: undefined },
  },
  notes: [
    'Reads only, and not much: at most 500 commands, SCAN within bounds, never KEYS.',
    'Exit code: 0 when nothing is poor, 1 when something is, 2 for a wrong flag, 3 when Redis or the stream is not there.',
  ],
  run: check,
}

function checkStream(id: string, label: string): void {
  if (!STREAM_ID.test(id))
    throw new Error(`${label} must be 1 to 128 of A-Z a-z 0-9 _ -, got "${id}"`)
}

async function check({ flags, logger, print, signal }: CommandContext): Promise<number> {
  const url = flags.text('redis') ?? REDIS_URL
  const steps = createSteps(logger.info)
  try {
    const examination = await examine({
      url,
      streamId: flags.text('stream') ?? null,
      names: { ...sunaNames, ...keysIn(flags.text('keys')) },
      writerRttMs: flags.text('writer-rtt') === undefined ? null : flags.integer('writer-rtt'),
      signal,
      progress: steps.at,
    })
    steps.end()
    const { verdict, checks, stream } = examination
    if (flags.given('json')) print(JSON.stringify({ verdict, checks, stream }, null, 2))
    else {
      const title = `framewise doctor: ${shownRedisUrl(url)}`
      for (const line of report(examination, { title, colours: hasColours() })) print(line)
    }
    return checks.some(({ rating }) => rating === 'poor') ? 1 : 0
  } finally {
    steps.end()
  }
}

function hasColours(): boolean {
  return process.stdout.isTTY && !process.env['NO_COLOR']
}
