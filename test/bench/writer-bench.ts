// `npm run bench:writer`: events per second that reach a Redis 155 ms away from a model of 300 chunks/s, written by
// awaiting each command and by ours, in JavaScript and in Python; and what the recipe for Python makes of a wire that
// is cut. Ratios within one run; `--json` for machines, `--short` for a quick look, `--no-python` without its arms.
// PYTHON names a python3 that has redis-py.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from '@redis/client'
import { createStreamWriter } from '../../src/writer/index.ts'
import { findRedisPython } from '../support/redis-python.ts'
import { startRedis } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import type { MutedWire } from '../support/muted-wire.ts'
import { median } from './statistics.ts'
import { JSON_FLAG, readToolFlags, SHORT_FLAG } from '../support/tool-flags.ts'

const ROUND_TRIP_MS = 155
const RATE = 300
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const flags = readToolFlags(
  'bench:writer',
  'How many events a second reach a Redis that is 155 ms away.',
  {
    ...SHORT_FLAG,
    ...JSON_FLAG,
    'no-python': {
      help: 'leaves out the arms in Python; PYTHON names a python3 that has redis-py',
    },
  },
)
const withPython = !flags.on('no-python')
const rounds = flags.on('short') ? 1 : 5
const chunks = flags.on('short') ? 300 : 900
const awaited = flags.on('short') ? 4 : 12

interface Arm {
  readonly events: number
  readonly seconds: number
}
interface Line {
  readonly what: string
  readonly measured: number
  readonly unit: string
  /** At least, or exactly 0. */
  readonly target: number
  readonly detail: string
}

const pythonPath = findRedisPython()
if (withPython && pythonPath === undefined) {
  process.stderr.write(
    'The arms in Python need python3 with redis-py: sudo apt-get install -y python3-redis (PYTHON names the python3 to\n' +
      'use); or leave them out: npm run bench:writer -- --no-python\n',
  )
  process.exit(1)
}
const redis = await startRedis()
const wire = await startMutedWire(redis.port, ROUND_TRIP_MS)
const near = await createClient({ url: redis.url }).connect()
const far = await createClient({ url: `redis://127.0.0.1:${wire.port}` }).connect()
let runs = 0

/** A model's chunks, each when it is due. */
async function* model(count: number): AsyncGenerator<object> {
  const start = performance.now()
  for (let n = 0; n < count; n++) {
    const early = start + (n * 1000) / RATE - performance.now()
    if (early > 0) await sleep(early)
    yield { type: 'CUSTOM', name: String(n) }
  }
}

async function timed(id: string, write: () => Promise<unknown>): Promise<Arm> {
  const start = performance.now()
  await write()
  const seconds = (performance.now() - start) / 1000
  return { events: await near.lLen(`agent_run:${id}:responses`), seconds }
}

async function awaiting(id: string): Promise<void> {
  for await (const event of model(awaited)) {
    await far.rPush(`agent_run:${id}:responses`, JSON.stringify(event))
    await far.publish(`agent_run:${id}:new_response`, 'new')
  }
}

async function ours(id: string): Promise<void> {
  const writer = createStreamWriter(far, id, { layout: 'suna-list' })
  for await (const event of model(chunks)) if (!writer.write(event)) await writer.ready()
  await writer.flush()
  await writer.close()
}

async function python(how: 'awaiting' | 'recipe', id: string, port: number): Promise<Arm> {
  const count = how === 'awaiting' ? awaited : chunks
  const args = [at('writer_bench.py'), at('../guides/writing-streams'), how, port, id, count, RATE]
  const { code, text } = await runPython(args.map(String))
  if (code === 0) return JSON.parse(text) as Arm
  throw new Error(`${how} in Python ended with ${code}`)
}

async function runPython(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(pythonPath ?? 'python3', args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', resolve)
  })
  return { code, text }
}

function compare(what: string, pairs: readonly { slow: Arm; fast: Arm }[], target: number): Line {
  const pace = ({ events, seconds }: Arm): number => events / seconds
  const ratios = pairs.map(({ slow, fast }) => pace(fast) / pace(slow))
  const range = `${Math.min(...ratios).toFixed(0)} to ${Math.max(...ratios).toFixed(0)}`
  const shown = (arms: readonly Arm[]): string => median(arms.map(pace)).toFixed(1)
  const fast = shown(pairs.map((pair) => pair.fast))
  const slow = shown(pairs.map((pair) => pair.slow))
  const detail = `${fast} ÷ ${slow} events/s, ${range} in ${ratios.length} pairs`
  return { what, measured: median(ratios), unit: '×', target, detail }
}

async function cutRecipe(): Promise<Line> {
  const id = `cut-${++runs}`
  const cuts = await startMutedWire(redis.port)
  const writing = python('recipe', id, cuts.port)
  const cutting = cutAtTimes(cuts, id)
  await writing
  await cutting
  await cuts.close()
  const log = await near.lRange(`agent_run:${id}:responses`, 0, -1)
  const names = log.map((text) => Number((JSON.parse(text) as { name: string }).name))
  const wrong =
    names.filter((name, index) => name !== index).length + Math.abs(chunks - names.length)
  const what = 'events missing, twice or out of order by the recipe for Python through 3 cuts'
  return {
    what,
    measured: wrong,
    unit: 'events',
    target: 0,
    detail: `${names.length} of ${chunks}`,
  }
}

// Each time some of it has been done without an answer.
async function cutAtTimes(cuts: MutedWire, id: string): Promise<void> {
  for (let cut = 1; cut <= 3; cut++) {
    while ((await near.lLen(`agent_run:${id}:responses`)) < (chunks * cut) / 4) await sleep(5)
    cuts.mute()
    await sleep(50)
    cuts.cut()
  }
}

const lines: Line[] = []
try {
  const script: { slow: Arm; fast: Arm }[] = []
  const recipe: { slow: Arm; fast: Arm }[] = []
  for (let round = 0; round < rounds; round++) {
    const id = (name: string): string => `${name}-${++runs}`
    const [a, b] = [id('awaiting'), id('ours')]
    script.push({
      slow: await timed(a, () => awaiting(a)),
      fast: await timed(b, () => ours(b)),
    })
    if (!withPython) continue
    recipe.push({
      slow: await python('awaiting', id('python'), wire.port),
      fast: await python('recipe', id('python'), wire.port),
    })
  }
  lines.push(compare('createStreamWriter ÷ awaiting RPUSH and PUBLISH', script, 50))
  if (withPython) {
    lines.push(compare('the recipe for Python ÷ awaiting RPUSH and PUBLISH', recipe, 50))
    lines.push(await cutRecipe())
  }
} finally {
  near.destroy()
  far.destroy()
  await wire.close()
  await redis.stop()
}
if (flags.on('json')) process.stdout.write(`${JSON.stringify(lines)}\n`)
else {
  for (const { what, measured, unit, target, detail } of lines) {
    const met = target === 0 ? measured === 0 : measured >= target
    const aim = target === 0 ? '' : ` (≥ ${target})`
    process.stdout.write(
      `${met ? '✓' : '✗'} ${what}: ${measured.toFixed(0)} ${unit}${aim}\n    ${detail}\n`,
    )
  }
}
