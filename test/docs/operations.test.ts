// docs/operations.md: a row for every metric and every flag of the relay, as they are, and none left over.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { LOG_FLAGS } from '../../src/cli/flags/flags.ts'
import { createMetrics, RELAY_METRICS } from '../../src/cli/relay/metrics.ts'
import { RELAY_FLAGS } from '../../src/cli/relay/relay-flags.ts'
import { memoryBackend } from '../../src/relay/index.ts'
import { serve } from '../relay/serve.ts'

const page = readFileSync(
  fileURLToPath(new URL('../../docs/operations.md', import.meta.url)),
  'utf8',
)

const rowsOf = (heading: string): string[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const [, table = ''] =
    /\n\| -+.*\|\n((?:\|.*\n)+)/.exec(section) ?? /\n\|[-|]+\n((?:\|.*\n)+)/.exec(section) ?? []
  return table
    .trimEnd()
    .split('\n')
    .map((row) => row.replaceAll(/ +/g, ' '))
}

it('shows every metric', () => {
  const rows = Object.entries(RELAY_METRICS).map(
    ([name, [type, help]]) => `| \`${name}\` | ${type} | ${help} |`,
  )
  expect(rowsOf('Metrics')).toEqual(rows)
})

it('gives an alarm the ratio of 1 where events are written one by one, whatever else is written', async () => {
  const [, over = '', under = ''] =
    /^\| `rate\((\w+)\[5m\]\) \/ rate\((\w+)\[5m\]\)` falls to 1 /m.exec(page) ?? []
  const backend = memoryBackend()
  const served = await serve({ backend })
  onTestFinished(() => served.close())
  const viewer = await served.view('run')
  await viewer.until(({ events }) => events().at(-1)?.event === 'relay.caught-up')
  for (const event of ['one', 'two']) {
    await backend.append('run', event)
    await viewer.until(({ payloads }) => payloads().at(-1) === event)
  }
  const text = await createMetrics(served.relay.stats).text()
  const valueOf = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  expect(valueOf('relay_writes_total')).toBeGreaterThan(2)
  expect(valueOf(over) / valueOf(under)).toBe(1)
})

it('shows every flag with its variable and its default', () => {
  const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text}\``)
  const rows = Object.entries({ ...RELAY_FLAGS, ...LOG_FLAGS }).map(
    ([name, { value, env, default: otherwise, help }]) =>
      `| \`--${name}${value ? ` ${value}` : ''}\` | ${code(env)} | ${code(otherwise)} | ${help} |`,
  )
  expect(rowsOf('Flags')).toEqual(rows)
})
