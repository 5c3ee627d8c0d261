// docs/operations.md: a row for every metric and every flag of the relay, as they are, and none left over.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { LOG_FLAGS } from '../../src/cli/flags/flags.ts'
import { RELAY_METRICS } from '../../src/cli/relay/metrics.ts'
import { RELAY_FLAGS } from '../../src/cli/relay/relay-flags.ts'

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

it('shows every flag with its variable and its default', () => {
  const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text}\``)
  const rows = Object.entries({ ...RELAY_FLAGS, ...LOG_FLAGS }).map(
    ([name, { value, env, default: otherwise, help }]) =>
      `| \`--${name}${value ? ` ${value}` : ''}\` | ${code(env)} | ${code(otherwise)} | ${help} |`,
  )
  expect(rowsOf('Flags')).toEqual(rows)
})
