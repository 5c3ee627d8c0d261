// `framewise record`: writes a run as a recording, as it stands in Redis and as it goes on.
import { fittingProtocol } from '../protocols/fit.ts'
import type { RedisLayout } from '../relay/index.ts'
import { STREAM_ID } from '../wire/protocol.ts'
import { encodeEvent, encodeHeader } from '../wire/recording.ts'
import { CommandError, UsageError } from './command-error.ts'
import type { Command, CommandContext } from './command.ts'
import type { FlagValues } from './flags/flag-values.ts'
import { createProgress } from './progress.ts'
import { redisSource, relaySource, stateOf } from './record/recording-source.ts'
import type { RecordingSource } from './record/recording-source.ts'
import { createRecordTimes, timingOf } from '../wire/record-times.ts'
import { createRedactor } from '../wire/redact.ts'
import { readRun } from './record/run-reader.ts'

const LAYOUTS: readonly RedisLayout[] = ['auto', 'suna-list', 'suna-stream']
const RELAY_URL = 'http://127.0.0.1:4400'

/** The command `record`. */
export const recordCommand: Command = {
  name: 'record',
  summary: 'write a run as a recording, to play it again or to show it to somebody',
  usage: '--stream ID [--relay URL | --redis URL] [--redact] > run.ndjson',
  flags: {
    stream: { value: 'ID', help: 'id of the run' },
    relay: { value: 'URL', help: `relay to read from (default: ${RELAY_URL})` },
    redis: { value: 'URL', env: 'REDIS_URL', help: 'Redis to read from instead' },
    token: { value: 'TOKEN', env: 'FRAMEWISE_TOKEN', help: 'token for the relay' },
    layout: {
      value: 'NAME',
      env: 'FRAMEWISE_LAYOUT',
      default: 'auto',
      help: 'how the run lies in Redis: suna-list, suna-stream or auto',
    },
    protocol: {
      value: 'NAME',
      help: 'protocol of the events (default: what the first looks like)',
    },
    follow: { help: 'wait for a run that has not begun' },
    redact: { help: 'replace what was said, and keep lengths, times, ids’ shape, keys and types' },
  },
  notes: [
    'Ends with the run, or at Ctrl-C; the recording goes to stdout, all else to stderr.',
    'A stream keeps the time of each event. A list keeps none: what it holds stands at one time, what comes at the time it came.',
    'Redacted recordings keep numbers, keys, and the words of the protocols; read them before you show them.',
  ],
  async run(context) {
    const id = idFrom(context.flags)
    const source = await sourceFrom(context)
    try {
      return await record(context, source, id)
    } finally {
      await source.close()
    }
  },
}

function idFrom(flags: FlagValues): string {
  const id = flags.text('stream')
  if (id === undefined) throw new UsageError('--stream ID is needed: which run is to be recorded')
  if (STREAM_ID.test(id)) return id
  throw new UsageError(`--stream must be 1 to 128 of A-Z a-z 0-9 _ -, got "${id}"`)
}

async function sourceFrom(context: CommandContext): Promise<RecordingSource> {
  const { flags } = context
  if (flags.given('redis') && flags.given('relay')) {
    throw new UsageError('--redis and --relay are two places to read from; give one of them')
  }
  const layout = flags.choice('layout', LAYOUTS)
  const redis = flags.text('redis')
  if (redis !== undefined && !flags.given('relay'))
    return redisSource(redis, { layout, logger: context.logger, signal: context.signal })
  return relaySource({ url: flags.text('relay') ?? RELAY_URL, token: flags.text('token') })
}

async function record(
  { flags, logger, print, signal }: CommandContext,
  source: RecordingSource,
  id: string,
): Promise<number> {
  const follow = flags.given('follow')
  const state = await stateOf(source, id, signal)
  if (state === null && !follow) {
    throw new CommandError(`there is no stream ${id} in ${source.name}; --follow waits for one`)
  }
  logger.info(`recording stream ${id} from ${source.name}; Ctrl-C ends it`)
  const redactor = flags.given('redact') ? createRedactor() : null
  const times = createRecordTimes(() => performance.now())
  const progress = createProgress()
  const run = readRun({ source, id, logger, signal, follow })
  let events = 0
  let step = await run.next()
  for (; !step.done; step = await run.next()) {
    const event = step.value
    if (events++ === 0) {
      const layout = state?.layout ?? (await stateOf(source, id, signal))?.layout ?? 'unknown'
      const protocol = flags.text('protocol') ?? protocolOf(event.data)
      print(encodeHeader({ framewise: 1, layout, protocol, timing: timingOf(event.id) }))
    }
    const t = times.of(event)
    if (redactor === null) print(encodeEvent({ t, id: event.id, data: event.data }))
    else
      print(encodeEvent({ t, id: redactor.cursor(event.id), data: redactor.payload(event.data) }))
    progress.at(events)
  }
  progress.end()
  if (events === 0) throw new CommandError(`nothing was recorded: stream ${id} gave no event`)
  const timeless = times.timeless()
  if (timeless > 0) logger.info(`a list keeps no times: ${timeless} events stand at one time`)
  logger.info(`${events} events; ${step.value === null ? 'the run goes on' : `run ${step.value}`}`)
  return 0
}

// `suna()` is how it is written in code, `suna` is its name.
function protocolOf(data: string): string {
  const call = fittingProtocol(data) ?? 'text'
  return call.replace('()', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
