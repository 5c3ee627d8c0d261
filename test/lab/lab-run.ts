// `npm run lab`: runLab in a real Chromium without a head. Results on stdout, progress on stderr, Ctrl-C ends it.
import { existsSync, readFileSync } from 'node:fs'
import type { LabFactorName, LabProgress } from 'framewise/metrics'
import { oneOf } from '../../src/cli/flags/flag-checks.ts'
import { INTERRUPTED, interruption } from '../../src/cli/interruption.ts'
import { LAB_FACTORS } from '../../src/lab/result.ts'
import { JSON_FLAG, readToolFlags } from '../support/tool-flags.ts'
import { reportOf } from './lab-report.ts'
import { startLab } from './lab-rig.ts'
import type { LabPageOptions } from './page/main.ts'

const flags = readToolFlags(
  'lab',
  'Plays one recording in a real Chromium with one factor changed at a time, and says which of them explain what it costs.',
  {
    recording: {
      value: 'FILE',
      help: 'NDJSON, as framewise record writes it; else a run of 1,000 events/s is generated',
      check: checkFile,
    },
    pairs: { value: 'N', help: 'measured rounds of each factor (default 5, with --short 2)' },
    'run-ms': { value: 'MS', help: 'length of the stretch that is played (default 600)' },
    speed: { value: 'N', default: '1', help: 'how much faster than recorded it is played' },
    only: {
      value: 'FACTOR',
      many: true,
      help: `one of ${LAB_FACTORS.join(', ')}; may be given more than once`,
      check: checkFactors,
    },
    redis: {
      value: 'URL',
      env: 'REDIS_URL',
      help: 'a Redis for the source "redis"; else one of its own where redis-server is installed',
    },
    short: { help: 'fewer arms, shorter runs: under twenty seconds' },
    ...JSON_FLAG,
  },
)

function checkFactors(value: string, label: string): void {
  for (const name of value.split(',')) oneOf(LAB_FACTORS)(name, label)
}

function checkFile(file: string, label: string): void {
  if (!existsSync(file)) throw new Error(`${label}: there is no file ${file}`)
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

function readOptions(): LabPageOptions {
  const recording = flags.text('recording')
  return {
    recording: recording === undefined ? null : readFileSync(recording, 'utf8'),
    factors: flags.text('only')?.split(',') as LabFactorName[] | undefined,
    pairs: number(flags.text('pairs')),
    speed: number(flags.text('speed')),
    runMs: number(flags.text('run-ms')),
    short: flags.on('short'),
  }
}

function showProgress({ done, total, factor, arm, round }: LabProgress): void {
  const which = round === 0 ? 'warming up' : `round ${round}`
  process.stderr.write(`${done + 1}/${total} ${factor}: ${arm} (${which})\n`)
}

async function main(): Promise<number> {
  const options = readOptions()
  const { asked } = interruption()
  const redis = flags.text('redis')
  const rig = await startLab({ redis, onProgress: showProgress })
  asked.addEventListener('abort', rig.cancel)
  try {
    asked.throwIfAborted()
    if (!rig.redis) process.stderr.write('no Redis: the source “redis” is left out\n')
    const result = await rig.run(options)
    process.stdout.write(`${flags.on('json') ? JSON.stringify(result) : reportOf(result)}\n`)
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
