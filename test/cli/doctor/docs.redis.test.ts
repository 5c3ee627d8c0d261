// docs/doctor.md: a row for every check and every flag. Its probes, and those of a verdict, run as they stand there.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { doctorCommand } from '../../../src/cli/doctor-command.ts'
import { LOOK_BUDGET } from '../../../src/cli/doctor/live-view.ts'
import { COMMAND_BUDGET } from '../../../src/cli/doctor/asker.ts'
import { CHECK_IDS } from '../../../src/cli/doctor/finding.ts'
import { connected } from './planted.ts'
import { WRITER_PROBE } from '../../../src/metrics/diagnosis/writer-probe.ts'
import { startMutedWire } from '../../support/muted-wire.ts'
import { redisPython } from '../../support/redis-python.ts'
import { startRedis } from '../../support/redis-server.ts'

const page = readFileSync(
  fileURLToPath(new URL('../../../docs/doctor.md', import.meta.url)),
  'utf8',
)

it('has a row for every check, in their order', () => {
  const rows = [...page.matchAll(/^\| `([a-z][a-z-]+)` \|/gm)].map(([, id]) => id)
  expect(rows).toEqual(CHECK_IDS)
})

it('names every flag and the budgets', () => {
  for (const flag of Object.keys(doctorCommand.flags)) expect(page).toContain(`\`--${flag}`)
  expect(page).toContain(`at most ${COMMAND_BUDGET} commands`)
  expect(page).toContain(`${LOOK_BUDGET} commands a look`)
})

it('shows nothing wider than a terminal', () => {
  let fence = ''
  const shown = page.split('\n').filter((line) => {
    if (line.startsWith('```')) fence = fence === '' ? line : ''
    return fence === '```'
  })
  expect(shown.length).toBeGreaterThan(40)
  expect(shown.filter((line) => line.length > 80)).toEqual([])
})

const [, nodeProbe = '', pythonProbe = ''] =
  /```js\n([^]*?)```[^]*?```py\n([^]*?)```/.exec(page) ?? []
const [, nodeExperiment = '', pythonExperiment = ''] =
  /\/\/ Node\n([^]*)# Python\n([^]*)$/.exec(WRITER_PROBE) ?? []
const TOLD = /^round trip: p50 ([\d.]+) ms, p95 [\d.]+ ms\n$/
const EXPERIMENT_TOLD = /^round trip ms ([\d.]+)\n$/

it.each([
  ['the page’s probe for Node', nodeProbe, 'probe.mjs', TOLD],
  ['the page’s probe for Python', pythonProbe, 'probe.py', TOLD],
  ['the verdict’s experiment for Node', nodeExperiment, 'experiment.mjs', EXPERIMENT_TOLD],
  ['the verdict’s experiment for Python', pythonExperiment, 'experiment.py', EXPERIMENT_TOLD],
])('%s tells the round trip', async (_, code, name, told) => {
  // In the repository, where node-redis can be found.
  const folder = mkdtempSync(fileURLToPath(new URL('probe-', import.meta.url)))
  const file = join(folder, name)
  writeFileSync(file, code)
  const redis = await startRedis()
  const client = await connected(redis.url)
  await client.configSet('requirepass', 'p@ss')
  client.destroy()
  const wire = await startMutedWire(redis.port, 20)
  const env = { REDIS_URL: `redis://:${encodeURIComponent('p@ss')}@127.0.0.1:${wire.port}` }
  const program = name.endsWith('.py') ? redisPython() : process.execPath
  const child = spawn(program, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const exit = await new Promise((ended) => child.on('close', ended))
  await wire.close()
  await redis.stop()
  rmSync(folder, { recursive: true })
  expect([exit, text]).toEqual([0, expect.stringMatching(told)])
  expect(Number(told.exec(text)?.[1])).toBeGreaterThanOrEqual(19)
})
