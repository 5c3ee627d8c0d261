// Two thousand viewers come back to a long log at once, each from another place: the store is asked by a few at a time,
// nothing is kept for viewers that take nothing, and the viewers of another stream notice none of it.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, it } from 'vitest'
import { createCounters } from '../../../src/relay/counters.ts'
import { createHubs } from '../../../src/relay/hub/hubs.ts'
import type { Hubs } from '../../../src/relay/hub/hubs.ts'
import { memoryBackend, relayDefaults } from '../../../src/relay/index.ts'
import type { Backend } from '../../../src/relay/index.ts'
import { createViewer } from '../../../src/relay/hub/viewer.ts'
import type { Viewer } from '../../../src/relay/hub/viewer.ts'

const LENGTH = 100_000
const VIEWERS = 2000
const PAYLOAD = 'x'.repeat(170)

const settings = { ...relayDefaults, counters: createCounters(), nowMs: () => performance.now() }
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const memory = memoryBackend()
let hubs: Hubs

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

afterEach(() => hubs.close())

function held(): number {
  collect()
  collect() // the first frees what the second finds to be unreachable
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

interface Counting {
  readonly viewer: Viewer
  /** Ids that arrived. */
  count(): number
  /** The most that was written between two drains, in bytes. */
  most(): number
  drain(): void
}

// A sink that is full after every write until it is drained, and keeps nothing.
function watch(id: string, after: string | null): Counting {
  let count = 0
  let written = 0
  let most = 0
  const sink = {
    write(bytes: Buffer) {
      for (let at = bytes.indexOf('id: '); at >= 0; at = bytes.indexOf('id: ', at + 1)) count++
      most = Math.max(most, (written += bytes.length))
      return false
    },
    end() {},
  }
  const viewer = createViewer({ hub: hubs.get(id), sink, after, settings })
  const drain = (): void => {
    written = 0
    viewer.drained()
  }
  return { viewer, count: () => count, most: () => most, drain }
}

it('bounds reads and memory while others go on', async () => {
  const cursors: string[] = []
  for (let n = 0; n < LENGTH; n++) cursors.push(await memory.append('long', PAYLOAD))
  let running = 0
  let most = 0
  const waiting: (() => void)[] = []
  const backend: Backend = {
    ...memory,
    async read(id, after, how) {
      if (!how.follow && id === 'long') {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => void waiting.push(resolve))
        running--
      }
      return memory.read(id, after, how)
    },
  }
  hubs = createHubs({ ...settings, backend })

  await memory.append('live', 'first')
  const live = watch('live', null)
  for (let n = 0; n < 5; n++) {
    await turn()
    live.drain()
  }
  const before = held()
  const step = LENGTH / VIEWERS
  const viewers = cursors.filter((_, n) => n % step === 0).map((cursor) => watch('long', cursor))
  expect(viewers).toHaveLength(VIEWERS)
  await turn()
  expect(waiting).toHaveLength(relayDefaults.maxCatchUps)

  // All places are taken and nobody answers: the other stream's events go on, and so does one who comes back to it.
  for (let n = 0; n < 10; n++) {
    await memory.append('live', String(n))
    await turn()
    await turn()
    live.drain()
    await turn()
  }
  expect(live.count()).toBe(11)

  // Everyone's first page, and nobody takes it.
  let reads = 0
  while (waiting.length > 0) {
    waiting.shift()?.()
    reads++
    await turn()
  }
  expect(reads).toBe(VIEWERS)
  expect(most).toBe(relayDefaults.maxCatchUps)
  // A page for each would be more than 128 MB.
  expect(held() - before).toBeLessThan(48 * 1024 * 1024)

  const last = viewers.slice(-20) // the others would take some minutes
  for (const { viewer } of viewers.slice(0, -20)) viewer.close()
  while (last.some((one, n) => one.count() < (20 - n) * step - 1)) {
    for (const one of last) one.drain()
    waiting.splice(0).forEach((answer) => answer())
    await turn()
  }
  expect(last.map((one) => one.count())).toEqual(last.map((_, n) => (20 - n) * step - 1))
  expect(Math.max(...viewers.map((one) => one.most()))).toBeLessThan(2 * 64 * 1024)
}, 60_000)
