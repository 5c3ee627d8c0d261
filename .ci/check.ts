// All that can be checked without running the program: one readable line per step, stops at the first that fails.
// Builds first, because the package checks look at what would be published.
import { spawnSync } from 'node:child_process'

const SCRIPTS: readonly string[] = [
  'build',
  'check:lint',
  'check:format',
  'check:unused',
  'check:docs',
  'check:package',
  'check:exports',
  'check:size',
  'check:installed',
]

for (const script of SCRIPTS) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script], {
    encoding: 'utf8',
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? '✓' : '✗'} npm run ${script} (${seconds} s)`)
  if (status === 0) continue
  console.log(stdout + stderr)
  process.exit(1)
}
