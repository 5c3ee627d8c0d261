// `npm run bench:diagnosis`: faults put into a real page with a real relay and a real Redis, and what the verdict was.
// `--seeds 10` varies their strength as often, `--only NAME` plays some, `--json` ends in one line of JSON.
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { createRelay, redisBackend } from '../../src/relay/index.ts'
import { createSeededRandom } from '../../src/testing/seeded-random.ts'
import { startRedis } from '../support/redis-server.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { type BenchPage, startBench } from './bench-rig.ts'
import { FAULTS, type InjectedFault, type Layout } from './diagnosis-faults.ts'
import type { DiagnosedResult, DiagnosedRun } from './page/diagnosed.tsx'

const SECONDS = 9
const TEXT = 'Every chunk says a little, and the words of it say where they come from. '

interface Wires {
  readonly toRedis: TcpProxy
  readonly fromWriter: TcpProxy
  readonly toRelay: TcpProxy
}

/** Says when, in ms of its clock, each chunk was made; brings it across, awaiting it or not. */
type Write = (stream: string, data: string) => Promise<unknown>

/** A model and its writer: until told to stop. The model does not wait for the writer. */
async function produce(
  write: Write,
  fault: InjectedFault,
  stream: string,
  random: () => number,
  strength: number,
  signal: AbortSignal,
): Promise<void> {
  const { gapMs = () => 20, chars = 24, writer } = fault
  const made: string[] = []
  let writing: Promise<unknown> | null = null
  const drain = async (): Promise<void> => {
    for (let data = made.shift(); data !== undefined; data = made.shift()) await write(stream, data)
    writing = null
  }
  const put = (event: object): void => {
    const data = JSON.stringify({ ...event, made: Date.now() })
    if (writer?.awaits !== true) return void write(stream, data).catch(() => {})
    made.push(data)
    writing ??= drain().catch(() => {})
  }
  put({ type: 'RUN_STARTED', threadId: 't', runId: stream })
  let due = performance.now()
  for (let index = 0; !signal.aborted; index++) {
    due += gapMs(index, random, strength)
    // Timers are coarse: whoever is late makes up for it.
    if (due > performance.now()) await pause(due - performance.now())
    const at = (index * chars) % (TEXT.length - chars)
    const delta = TEXT.slice(at, at + chars)
    put({ type: 'TEXT_MESSAGE_CONTENT', messageId: `m${index >> 6}`, delta })
  }
  made.length = 0
  await writing
}

async function gather(wire: TcpProxy, ms: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    wire.set({ silent: true })
    await pause(ms)
    wire.set({})
    await pause(5)
  }
}

async function play(
  bench: BenchPage,
  wires: Wires,
  write: Write,
  fault: InjectedFault,
  stream: string,
  seed: number,
): Promise<DiagnosedResult> {
  const { next } = createSeededRandom(seed)
  const strength = 0.8 + 0.8 * next()
  wires.toRedis.set(fault.toRedis?.(strength) ?? {})
  wires.toRelay.set(fault.toRelay?.(strength) ?? {})
  wires.fromWriter.set({ latencyMs: fault.writer?.oneWayMs ?? 0 })
  const over = new AbortController()
  const calm = { perEvent: false, stamped: false, work: 'none', amount: 0 } as const
  const run: DiagnosedRun = { stream, seconds: SECONDS, ...calm, ...fault.page?.(strength) }
  const producing = produce(write, fault, stream, next, strength, over.signal)
  const gathering = fault.gatherMs && gather(wires.toRelay, fault.gatherMs, over.signal)
  try {
    return await bench.bench.evaluate((page, run) => page.diagnosed(run), run)
  } finally {
    over.abort()
    await Promise.all([producing, gathering])
    for (const wire of Object.values(wires)) wire.set({})
  }
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})

const redis = await startRedis()
const open = (): Promise<TcpProxy> => createTcpProxy({ targets: () => [redis.port] })
const toRedis = await open()
const fromWriter = await open()
const relay = createRelay({ backend: redisBackend({ url: `redis://127.0.0.1:${toRedis.port}` }) })
const rig = await startBench((request, response) => relay.handler(request, response))
const toRelay = await createTcpProxy({ targets: () => [rig.port] })
const client = createClient({ url: `redis://127.0.0.1:${fromWriter.port}` })
await client.connect()
const writers: Readonly<Record<Layout, Write>> = {
  stream: (id, data) => client.xAdd(`agent_run:${id}:stream`, '*', { data }),
  list: (id, data) =>
    Promise.all([
      client.rPush(`agent_run:${id}:responses`, data),
      client.publish(`agent_run:${id}:new_response`, 'new'),
    ]),
}
const total = { runs: 0, right: 0, confidentlyWrong: 0, unknown: 0 }
const matrix: Record<string, Record<string, number>> = {}
try {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const fault of FAULTS.filter(({ name }) => name.includes(values.only))) {
      for (const layout of fault.layouts) {
        const stream = `${fault.name.replaceAll(/\W+/g, '-')}-${layout}-${seed}`
        const bench = await rig.open(toRelay.port)
        const wires = { toRedis, fromWriter, toRelay }
        const { diagnosis, snapshot } = await play(
          bench,
          wires,
          writers[layout],
          fault,
          stream,
          seed,
        )
        await bench.close()
        const { kind, confidence, share, note = '' } = diagnosis.verdict
        const isRight = fault.right.includes(kind)
        total.runs++
        total.right += isRight ? 1 : 0
        total.confidentlyWrong += !isRight && confidence >= 0.8 ? 1 : 0
        total.unknown += kind === 'unknown' && fault.isKnowable ? 1 : 0
        const row = (matrix[fault.name] ??= {})
        row[kind] = (row[kind] ?? 0) + 1
        const words = `${kind} ${share.toFixed(2)}, confidence ${confidence.toFixed(2)} ${note}`
        process.stdout.write(`${isRight ? '✓' : '✗'} ${stream}: ${words}\n`)
        if (values.verbose && !isRight) {
          process.stdout.write(`${JSON.stringify({ diagnosis, snapshot })}\n`)
        }
      }
    }
  }
} finally {
  await rig.stop()
  client.destroy()
  await relay.close()
  await Promise.all([toRedis, fromWriter, toRelay].map((wire) => wire.close()))
  await redis.stop()
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...total, matrix })}\n`)
