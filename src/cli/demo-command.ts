// `framewise demo`: the relay, the built demo, and runs to look at, on one port.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from './command-error.ts'
import { SERVER_FLAGS } from './flags/flags.ts'
import type { Command, CommandContext } from './command.ts'
import { createDemoRecordings } from './demo/recordings.ts'
import { createDemoRoutes } from './demo/routes.ts'
import { createDemoRuns } from './demo/runs.ts'
import { aborted } from './interruption.ts'
import { PACKAGE_ROOT } from './package-root.ts'
import { openRelayServer } from './relay/relay-server.ts'
import { createStaticFiles } from './http/static-files.ts'

/** The command `demo`. */
export const demoCommand: Command = {
  name: 'demo',
  summary: 'open a demo that shows raw beside batched, with a relay and a synthetic agent',
  usage: '[--port 4400] [--redis redis://127.0.0.1:6379]',
  flags: {
    ...SERVER_FLAGS,
    host: {
      ...SERVER_FLAGS['host'],
      help: 'address of loopback to listen on: the demo serves this machine alone',
    },
    'cors-origin': {
      ...SERVER_FLAGS['cors-origin'],
      help: 'further origins whose pages may read, separated by commas; localhost may always',
    },
    dir: { value: 'DIR', help: "folder of the built demo (default: the package's own dist/demo)" },
  },
  notes: [
    'Without a Redis the demo keeps its runs in memory. With one it writes keys agent_run:framewise_demo_* and ' +
      'framewise:lab:* alone, and lets Redis forget each of them ten minutes after its last write.',
  ],
  async run(context) {
    const folder = builtDemo(context)
    const { logger } = context
    const runs = createDemoRuns({ logger })
    const recordings = createDemoRecordings(join(folder, 'recordings'))
    const server = await openRelayServer(context, {
      lab: true,
      routesOn: (store) => [
        createDemoRoutes({ runs, store, recordings }),
        createStaticFiles(folder),
      ],
    })
    context.print(`framewise demo on ${server.url}`)
    logger.info(`source: ${server.source}; Ctrl-C ends it`)
    await aborted(context.signal)
    runs.close()
    await server.close()
    return 0
  },
}

function builtDemo({ flags }: CommandContext): string {
  const folder = flags.text('dir') ?? join(PACKAGE_ROOT, 'dist', 'demo')
  if (existsSync(join(folder, 'index.html'))) return folder
  throw new CommandError(`the demo is not built (no index.html in ${folder}): run npm run build`)
}
