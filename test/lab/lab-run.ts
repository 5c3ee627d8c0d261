// `npm run lab`: runLab in a real Chromium without a head. Results on stdout, progress on stderr, Ctrl-C ends it.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { LabFactorName, LabProgress, LabResult } from 'framewise/metrics'
import { INTERRUPTED, interruption } from '../../src/cli/interruption.ts'
import { LAB_FACTORS } from '../../src/lab/result.ts'
import { reportOf } from './lab-report.ts'
import { type LabRig, startLab } from './lab-rig.ts'
import type { LabPage, LabPageOptions } from './page/main.ts'

const HELP = `npm run lab -- [--json] [--short] [--recording FILE] [--pairs N] [--speed N] [--only FACTOR] [--redis URL]

Plays one recording in a real Chromium with one factor changed at a time, and says which of them explain what it costs.

  --recording FILE  a recording (NDJSON, as \`framewise record\` writes it); default: a generated run of 1,000 events/s
  --pairs N         measured rounds of each factor, 2 or more; default 5, with --short 2
  --speed N         how much faster than recorded it is played; default 1
  --only FACTOR     ${LAB_FACTORS.join(', ')}; may be given more than once
  --redis URL       a Redis for the source “redis”; default: REDIS_URL, else one of its own where redis-server is installed
  --short           fewer arms, shorter runs: under twenty seconds
  --json            the result as JSON, as one line
`

function readFlags() {
  const { values } = parseArgs({
    options: {
      recording: { type: 'string' },
      pairs: { type: 'string' },
      speed: { type: 'string' },
      only: { type: 'string', multiple: true },
      redis: { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const wrong = values.only?.find((name) => !LAB_FACTORS.some((factor) => factor === name))
  if (wrong !== undefined) {
    throw new TypeError(`--only: expected one of ${LAB_FACTORS.join(', ')}, got “${wrong}”`)
  }
  return values
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

function optionsOf(flags: ReturnType<typeof readFlags>): LabPageOptions {
  return {
    recording: flags.recording === undefined ? null : readFileSync(flags.recording, 'utf8'),
    factors: flags.only as LabFactorName[] | undefined,
    pairs: number(flags.pairs),
    speed: number(flags.speed),
    short: flags.short,
  }
}

function showProgress({ done, total, factor, arm, round }: LabProgress): void {
  const which = round === 0 ? 'warming up' : `round ${round}`
  process.stderr.write(`${done + 1}/${total} ${factor}: ${arm} (${which})\n`)
}

async function measure(rig: LabRig, options: LabPageOptions): Promise<string> {
  const lab = await rig.page.evaluateHandle(() => (globalThis as unknown as { lab: LabPage }).lab)
  return lab.evaluate((page, given) => page.run(given), options)
}

async function main(): Promise<number> {
  const flags = readFlags()
  if (flags.help) {
    process.stdout.write(HELP)
    return 0
  }
  const options = optionsOf(flags)
  const { asked } = interruption()
  const redis = flags.redis ?? process.env['REDIS_URL']
  const rig = await startLab({ redis, onProgress: showProgress })
  const cancel = (): void => {
    void rig.page.evaluate(() => (globalThis as unknown as { lab: LabPage }).lab.cancel())
  }
  asked.addEventListener('abort', cancel)
  try {
    asked.throwIfAborted()
    if (!rig.redis) process.stderr.write('no Redis: the source “redis” is left out\n')
    const json = await measure(rig, options)
    process.stdout.write(`${flags.json ? json : reportOf(JSON.parse(json) as LabResult)}\n`)
    return 0
  } catch (error) {
    if (!asked.aborted) throw error
    process.stderr.write('cancelled\n')
    return INTERRUPTED
  } finally {
    await rig.stop()
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  },
)
