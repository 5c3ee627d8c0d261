// `npm run lab` as a terminal has it: the built page, the command's server with a real Redis, a real Chromium.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LabResult } from 'framewise/metrics'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../lab/lab-run.ts', import.meta.url))

function start(...args: readonly string[]) {
  // Without the test run's own environment: the page is built as for production.
  const { NODE_ENV: _, VITEST: __, REDIS_URL: ___, ...env } = process.env
  const child = spawn(process.execPath, ['--no-warnings', script, ...args], { env })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output.stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...output }))
  return { child, output, ended }
}

describe('npm run lab', () => {
  it('plays from a Worker, from a relay on memory and from one on Redis, and gives all of it as JSON', async () => {
    const { code, stdout, stderr } = await start('--json', '--short', '--only', 'source').ended
    expect(stderr).toContain('source: redis, by hand')
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const { factors, played, costBy, capacity } = JSON.parse(stdout) as LabResult
    expect([costBy, capacity, factors.map(({ name }) => name)]).toEqual(['probe', [], ['source']])
    const arms = factors[0]?.arms ?? []
    expect(arms.map(({ name }) => name)).toEqual(
      ['worker', 'memory', 'redis'].flatMap((name) => [name, `${name}, by hand`]),
    )
    for (const { rounds } of arms) {
      expect(rounds).toHaveLength(2)
      for (const { complete, events, chars, busyMs } of rounds) {
        expect({ complete, events, chars }).toEqual({
          complete: true,
          events: played.events,
          chars: played.chars,
        })
        expect(busyMs).toBeGreaterThan(0)
      }
    }
  })

  it('is cancelled by Ctrl-C, and prints nothing then', async () => {
    const { child, output, ended } = start('--json')
    await expect.poll(() => output.stderr, { timeout: 60_000 }).toContain('client: ')
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stdout: '' })
    expect(output.stderr).toContain('cancelled')
  })

  it('says how it is used, and what is wrong', async () => {
    const help = await start('--help').ended
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--recording FILE')])
    const wrong = await start('--only', 'colour').ended
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('must be one of client, schedule, chunk, source, speed'),
    ])
  })
})
