// `framewise relay`: serves the streams of a Redis to browsers.
import type { Command, CommandContext } from './command.ts'
import type { FlagValues } from './flags/flag-values.ts'
import { aborted } from './interruption.ts'
import { keysIn, RELAY_FLAGS, relayOptionsIn } from './relay/relay-flags.ts'
import { storeMistakes } from './relay/relay-source.ts'
import { hostMistakes, openRelayServer } from './relay/relay-server.ts'
import type { RelayServer } from './relay/relay-server.ts'
import { secretsIn } from './flags/secret-flag.ts'

/** The command `relay`. */
export const relayCommand: Command = {
  name: 'relay',
  summary: 'serve the streams of a Redis to browsers, by SSE and WebSocket',
  usage: '[--port 4400] [--redis redis://127.0.0.1:6379] [--layout auto]',
  flags: RELAY_FLAGS,
  notes: [
    'Read a stream: curl -N http://127.0.0.1:4400/v1/streams/ID/events',
    'With a secret it asks for tokens, and may serve beyond loopback; framewise token mints some to try.',
    'Nothing but a stop is written to Redis. Without one, the streams of this process are served, for trying out.',
    'With --lab, POST /lab/runs replays a recording: from memory, or from keys framewise:lab:* that expire.',
    'SIGTERM lets viewers go one by one, Ctrl-C ends at once.',
  ],
  mistakes: (flags) => [
    ...hostMistakes(flags, { secret: secretsIn(flags), lab: flags.on('lab') }),
    ...storeMistakes(flags),
    ...portMistakes(flags),
  ],
  patienceMs: (flags) => flags.integer('drain-ms'),
  async run(context) {
    const { flags } = context
    const adminPort =
      flags.text('admin-port') === undefined ? undefined : flags.integer('admin-port')
    const server = await openRelayServer(context, {
      secret: secretsIn(flags),
      lab: flags.on('lab'),
      relay: relayOptionsIn(flags),
      keys: keysIn(flags.text('keys')),
      metrics: adminPort === undefined ? 'main' : { port: adminPort },
    })
    context.print(`framewise relay on ${server.url} (${server.source})`)
    if (server.adminUrl !== null) context.logger.info(`metrics on ${server.adminUrl}/metrics`)
    await aborted(context.signal)
    await leave(server, context)
    return 0
  },
}

function portMistakes(flags: FlagValues): readonly string[] {
  const [port, admin] = [flags.text('port'), flags.text('admin-port')]
  if (admin === undefined || Number(admin) !== Number(port) || Number(port) === 0) return []
  return [`--admin-port and --port are both ${port}: give two ports, or no --admin-port`]
}

async function leave(
  server: RelayServer,
  { flags, logger, atOnce }: CommandContext,
): Promise<void> {
  if (atOnce.aborted) return server.close()
  const drainMs = flags.integer('drain-ms')
  const count = server.viewers()
  const time = `for up to ${drainMs / 1000} s; Ctrl-C ends it at once`
  if (count > 0) logger.info(`draining ${count} viewers… (${time})`)
  atOnce.addEventListener('abort', () => void server.close(), { once: true })
  await server.close({ drainMs })
  if (count > 0) logger.info('drained')
}
