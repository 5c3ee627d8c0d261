// Servers are started through npm, and whoever stops them may know npm's process only.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

it.for(['SIGINT', 'SIGTERM'] as const)(
  'ends the server when npm alone gets %s',
  { timeout: 30_000 },
  async (signal) => {
    const args = ['run', '--silent', 'framewise', '--', 'relay', '--port', '0']
    const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(npm.stdout.setEncoding('utf8'), 'data')) as [string]
    const url = /http:\S+/.exec(line)?.[0] ?? ''
    expect((await fetch(`${url}/livez`)).status).toBe(200)

    npm.kill(signal)
    await once(npm, 'close')
    await vi.waitFor(() => expect(fetch(`${url}/livez`)).rejects.toThrow(), 5000)
  },
)
