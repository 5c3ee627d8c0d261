// All that can be checked without running the program, one readable line per step; stops at the first that fails.
// Builds first: the package checks look at what would be published.
import { spawnSync } from 'node:child_process'

const STEPS: readonly (readonly [name: string, command: string])[] = [
  ['types', 'tsc -b'],
  ['lint', 'oxlint'],
  ['format', 'oxfmt --check'],
  ['unused files, exports and dependencies', 'knip'],
  [
    'build of demo and command line',
    'vite build --logLevel warn && vite build --mode cli --logLevel warn',
  ],
  ['package', 'publint --strict'],
  ['types of the package', 'attw --pack . --profile esm-only'],
  ['sizes', 'size-limit'],
]

for (const [name, command] of STEPS) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status === 0) {
    console.log(`✓ ${name} (${seconds} s)`)
    continue
  }
  console.log(`✗ ${name} (${seconds} s): ${command}\n${stdout}${stderr}`)
  process.exit(1)
}
