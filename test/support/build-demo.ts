// Builds the demo before the end-to-end tests, which drive what users get and not the dev server.
// In a process of its own: a build inside the test run would take over its NODE_ENV, and so React's development code.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Global set-up of the `e2e` project. */
export function setup(): void {
  // An old build must not stand in for one that fails; and a failure here would end the other projects' tests too.
  rmSync(`${root}/dist/demo`, { recursive: true, force: true })
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const vite = `${root}/node_modules/.bin/vite`
  const args = ['build', '--logLevel', 'warn']
  const { status } = spawnSync(vite, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (status !== 0)
    process.stderr.write('The demo does not build: the tests that open it will fail.\n')
}
