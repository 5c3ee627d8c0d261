// All that a run of the bench of verdicts goes through: a real Redis, a relay in its own process, a real page, and wires
// between them that can be made bad.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { createSeededRandom } from '../../src/testing/seeded-random.ts'
import { startRedis } from '../support/redis-server.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { type BenchPage, startBench } from './bench-rig.ts'
import type { Layout } from './diagnosis-faults.ts'
import type { PlannedRun } from './diagnosis-plan.ts'
import { produce, type Write } from './diagnosis-producer.ts'
import type { DiagnosedResult, DiagnosedRun } from './page/diagnosed.tsx'

/** Plays runs, one at a time. */
export interface DiagnosisWorld {
  /** @param seconds how long, whole ones */
  play(run: PlannedRun, seconds: number): Promise<DiagnosedResult>
  stop(): Promise<void>
}

const THROTTLE = 4
const relayScript = fileURLToPath(new URL('diagnosis-relay.ts', import.meta.url))

/** Builds and starts everything. */
export async function startWorld(): Promise<DiagnosisWorld> {
  const redis = await startRedis()
  const toRedis = await createTcpProxy({ targets: () => [redis.port] })
  const fromWriter = await createTcpProxy({ targets: () => [redis.port] })
  const rig = await startBench()
  const relay = fork(relayScript, [`redis://127.0.0.1:${toRedis.port}`, rig.dir])
  const [relayPort] = (await once(relay, 'message')) as [number]
  const toRelay = await createTcpProxy({ targets: () => [relayPort] })
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
  const wires = [toRedis, fromWriter, toRelay]
  let played = 0

  async function play(run: PlannedRun, seconds: number): Promise<DiagnosedResult> {
    const { fault, strength, layout, arm, seed } = run
    const stream = `run-${++played}`
    const bench = await rig.open(toRelay.port)
    await spoil(bench, run)
    toRedis.set(fault.toRedis?.(strength) ?? {})
    toRelay.set(fault.toRelay?.(strength) ?? {})
    fromWriter.set({ latencyMs: fault.writerMs?.(strength) ?? 0 })
    relay.send(fault.relayMs?.(strength) ?? 0)
    const over = new AbortController()
    const { next: random } = createSeededRandom(seed)
    const production = { write: writers[layout], fault, stream, random, strength }
    const producing = produce(production, over.signal)
    const gatherMs = fault.gatherMs?.(strength)
    const gathering = gatherMs === undefined ? null : gather(toRelay, gatherMs, over.signal)
    const told: DiagnosedRun = {
      stream,
      seconds,
      via: arm === 'worker' || arm === 'websocket' ? arm : 'page',
      timed: arm !== 'no timing',
      ...fault.page?.(strength),
    }
    try {
      return await bench.bench.evaluate((page, run) => page.diagnosed(run), told)
    } finally {
      over.abort()
      relay.send(0)
      await Promise.all([producing, gathering])
      for (const wire of wires) wire.set({})
      await bench.close()
    }
  }

  return {
    play,
    async stop() {
      await rig.stop()
      client.destroy()
      const ended = once(relay, 'exit')
      relay.disconnect()
      await ended
      await Promise.all(wires.map((wire) => wire.close()))
      await redis.stop()
    },
  }
}

async function spoil({ page }: BenchPage, { fault, arm }: PlannedRun): Promise<void> {
  if (arm === 'throttled') {
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
  }
  if (fault.isHidden === true) await page.evaluate(hide)
}

// A headless browser shows every tab: what a page can see of being hidden is put in its place. Frames do not come.
function hide(): void {
  Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
  Object.defineProperty(document, 'hidden', { get: () => true })
  globalThis.requestAnimationFrame = () => 0
  document.dispatchEvent(new Event('visibilitychange'))
}

async function gather(wire: TcpProxy, ms: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    wire.set({ silent: true })
    await pause(ms)
    wire.set({})
    await pause(5)
  }
}
