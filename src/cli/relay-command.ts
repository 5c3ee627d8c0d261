// `framewise relay`: serves the streams of a Redis to browsers.
import { SERVER_FLAGS } from './flags.ts'
import type { Command } from './command.ts'
import { SECRET_FLAG, secretsIn } from './secret-flag.ts'
import { openRelayServer } from './relay-server.ts'
import { aborted } from './interruption.ts'

/** The command `relay`. */
export const relayCommand: Command = {
  name: 'relay',
  summary: 'serve the streams of a Redis to browsers, by SSE and WebSocket',
  usage: '[--port 4400] [--redis redis://127.0.0.1:6379] [--layout auto]',
  flags: {
    ...SERVER_FLAGS,
    ...SECRET_FLAG,
    lab: { help: 'also replay recordings from memory or Redis, at /lab; on loopback only' },
  },
  notes: [
    'Read a stream:  curl -N http://127.0.0.1:4400/v1/streams/ID/events',
    'With a secret it asks for tokens, and may serve beyond loopback; framewise token mints some to try.',
    'Nothing but a stop is written to Redis. Without one, the streams of this process are served, for trying out.',
    'With --lab, POST /lab/runs replays a recording: from memory, or from keys framewise:lab:* that expire.',
  ],
  async run(context) {
    const { flags } = context
    const options = { secret: secretsIn(flags), lab: flags.given('lab') }
    const server = await openRelayServer(context, options)
    context.print(`framewise relay on ${server.url} (${server.source})`)
    await aborted(context.signal)
    await server.close()
    return 0
  },
}
