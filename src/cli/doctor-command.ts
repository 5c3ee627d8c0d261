// `framewise doctor`: checks a Redis and a stream in it, and says what slows streams down and what to change.
import { STREAM_ID } from '../wire/protocol.ts'
import { sunaNames } from '../wire/redis-names.ts'
import type { Command, CommandContext } from './command.ts'
import { compare, comparisonReport } from './doctor/compare.ts'
import { examine } from './doctor/examine.ts'
import { report } from './doctor/report.ts'
import { createLines, createScreen } from './doctor/screen.ts'
import { createSteps } from './doctor/steps.ts'
import { watch } from './doctor/watch.ts'
import { asIn, integerFrom } from './flags/flag-checks.ts'
import type { FlagValues } from './flags/flag-values.ts'
import type { Flags } from './flags/flags.ts'
import { checkRedisUrl, shownRedisUrl } from './redis-client.ts'
import { keysIn, RELAY_FLAGS } from './relay/relay-flags.ts'

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
    compare: {
      value: 'URL',
      help: 'do the same work on another Redis as well, in turn, and show ratios',
      check: asIn(checkRedisUrl),
    },
    watch: { help: 'show what goes on, again and again, until Ctrl-C' },
    json: { help: 'print one JSON object; with --watch, one a line' },
    'writer-rtt': {
      value: 'MS',
      help: 'round trip to Redis as measured where the writer runs',
      check: integerFrom(0, 60_000),
    },
    relay: {
      value: 'URL',
      help: 'with --watch: a relay whose /metrics tells of viewers',
      check: checkRelayUrl,
    },
    'interval-ms': {
      value: 'N',
      default: '1000',
      help: 'with --watch: time between two looks',
      check: integerFrom(100, 60_000),
    },
    keys: { ...(RELAY_FLAGS as Flags & { keys: Flags[string] }).keys, group: undefined },
  },
  notes: [
    'Reads only, and not much: at most 500 commands, SCAN within bounds, never KEYS.',
    'Exit code: 0 when nothing is poor, 1 when something is, 2 for a wrong flag, 3 when Redis or the stream is not there.',
  ],
  mistakes: (flags) =>
    flags.given('watch') && flags.given('compare')
      ? ['--watch and --compare are two things; give one of them']
      : [],
  run(context) {
    if (context.flags.given('watch')) return look(context)
    return context.flags.given('compare') ? swap(context) : check(context)
  },
}

function checkStream(id: string, label: string): void {
  if (STREAM_ID.test(id)) return
  throw new Error(`${label} must be 1 to 128 of A-Z a-z 0-9 _ -, got "${id}"`)
}

function checkRelayUrl(url: string, label: string): void {
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return
  throw new Error(`${label} must be an address like http://127.0.0.1:4400, got "${url}"`)
}

const urlOf = (flags: FlagValues): string => flags.text('redis') ?? REDIS_URL
const whatOf = (flags: FlagValues) => ({
  streamId: flags.text('stream') ?? null,
  names: { ...sunaNames, ...keysIn(flags.text('keys')) },
})

async function check({ flags, logger, print, signal }: CommandContext): Promise<number> {
  const url = urlOf(flags)
  const steps = createSteps(logger.info)
  try {
    const { verdict, checks, stream, commands } = await examine({
      url,
      ...whatOf(flags),
      writerRttMs: flags.text('writer-rtt') === undefined ? null : flags.integer('writer-rtt'),
      signal,
      progress: steps.at,
    })
    steps.end()
    if (flags.given('json')) print(JSON.stringify({ verdict, checks, stream }, null, 2))
    else {
      const shown = { title: `framewise doctor: ${shownRedisUrl(url)}`, colours: hasColours() }
      print(report({ verdict, checks, stream, commands }, shown).join('\n'))
    }
    return checks.some(({ rating }) => rating === 'poor') ? 1 : 0
  } finally {
    steps.end()
  }
}

async function swap({ flags, logger, print, signal }: CommandContext): Promise<number> {
  const [first, second] = [urlOf(flags), flags.text('compare') ?? REDIS_URL]
  const steps = createSteps(logger.info)
  try {
    const comparison = await compare({
      first,
      second,
      ...whatOf(flags),
      signal,
      progress: steps.at,
    })
    steps.end()
    const { verdict, pairs, works } = comparison
    const json = { verdict, checks: [], stream: null, compare: { pairs, works } }
    if (flags.given('json')) print(JSON.stringify(json, null, 2))
    else {
      const shown = [shownRedisUrl(first), shownRedisUrl(second)] as const
      print(comparisonReport(comparison, shown).join('\n'))
    }
    return 0
  } finally {
    steps.end()
  }
}

async function look({ flags, logger, print, signal }: CommandContext): Promise<number> {
  const url = urlOf(flags)
  const isJson = flags.given('json')
  await watch({
    url,
    title: `framewise doctor --watch: ${shownRedisUrl(url)}`,
    ...whatOf(flags),
    relayUrl: flags.text('relay') ?? null,
    everyMs: flags.integer('interval-ms'),
    signal,
    warn: logger.warn,
    screen: () =>
      process.stdout.isTTY && !isJson ? createScreen(process.stdout) : createLines(print, isJson),
  })
  return 0
}

const hasColours = (): boolean => process.stdout.isTTY && !process.env['NO_COLOR']
