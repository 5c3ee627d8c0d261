// `framewise produce`: a synthetic or recorded agent that writes into Redis, a file, or a running demo.
import { UsageError } from './command-error.ts'
import type { Command, CommandContext } from './command.ts'
import { produceIntoDemo } from './produce/into-demo.ts'
import { produceIntoFile } from './produce/into-file.ts'
import { produceIntoRedis } from './produce/into-redis.ts'

/** The command `produce`. */
export const produceCommand: Command = {
  name: 'produce',
  summary: 'write the run of a synthetic or recorded agent into Redis, a file or a running demo',
  usage: '[--redis URL] [--rate 200] [--chunk 4] [--events 1000] [--play FILE] [--out FILE]',
  flags: {
    redis: { value: 'URL', env: 'REDIS_URL', help: 'Redis to write to' },
    stream: { value: 'ID', help: 'id of the run (default: produce_ and a random word)' },
    layout: {
      value: 'NAME',
      env: 'FRAMEWISE_LAYOUT',
      default: 'auto',
      help: 'suna-list or suna-stream; auto is suna-stream',
    },
    format: {
      value: 'NAME',
      help: "ag-ui, or suna: Suna's own envelopes (default: suna, but ag-ui for --out alone)",
    },
    rate: { value: 'N', default: '200', help: 'events per second' },
    rhythm: { value: 'NAME', default: 'steady', help: 'steady, or bursts: bursts and pauses' },
    chunk: { value: 'N', default: '4', help: 'characters per event' },
    events: {
      value: 'N',
      default: '1000',
      help: "events of the run, from 8 on; in Suna's envelopes the smallest run has 11",
    },
    seed: { value: 'N', default: '1', help: 'the same seed gives the same run' },
    play: { value: 'FILE', help: 'play a recording instead, with its own times' },
    speed: { value: 'N', default: '1', help: 'how much faster than recorded' },
    out: { value: 'FILE', help: 'write a recording (NDJSON) instead, at once; - is stdout' },
    demo: {
      value: 'URL',
      help: 'running demo to write to when there is no Redis (default: http://127.0.0.1:4400)',
    },
  },
  notes: [
    'Prints the id of the stream on stdout, once it is known and before the first event.',
    'Redis forgets the run ten minutes after its last write.',
  ],
  run(context) {
    const { flags } = context
    if (flags.given('redis') && flags.given('demo')) {
      throw new UsageError('--redis and --demo are two places to write to; give one of them')
    }
    if (flags.given('out')) return produceIntoFile(context)
    if (flags.text('redis') !== undefined && !flags.given('demo')) return produceIntoRedis(context)
    refuseForDemo(context)
    return produceIntoDemo(context)
  },
}

// A demo names its runs and chooses their form itself; to ignore these silently would mislead.
function refuseForDemo({ flags }: CommandContext): void {
  for (const name of ['stream', 'format', 'play', 'rhythm']) {
    if (!flags.given(name)) continue
    throw new UsageError(`--${name} needs a Redis (--redis URL or REDIS_URL) or --out FILE`)
  }
}
