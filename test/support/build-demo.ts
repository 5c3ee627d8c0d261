// Builds the demo before the end-to-end tests, which drive what users get and not the dev server.
// In a process of its own: a build inside the test run would take over its NODE_ENV, and so React's development code.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Global set-up of the `e2e` project. */
export function setup(): void {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const vite = `${root}/node_modules/.bin/vite`
  const built = spawnSync(vite, ['build', '--logLevel', 'warn'], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  if (built.status !== 0)
    throw new Error('the demo does not build: see above, or run npm run build:demo')
}
