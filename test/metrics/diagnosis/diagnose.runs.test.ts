// The verdict of the real meter over scripted runs on a fake clock: what is slow is in the script, not in a table.
import { describe, expect, it } from 'vitest'
import type { Arrival } from '../../../src/core/tap.ts'
import type { Frame } from '../../../src/core/protocol.ts'
import { diagnose } from '../../../src/metrics/diagnosis/diagnose.ts'
import { createMeter, type Meter } from '../../../src/metrics/meter/meter.ts'
import type { WriterFacts } from '../../../src/metrics/diagnosis/facts.ts'
import type { Diagnosis, Verdict } from '../../../src/metrics/diagnosis/verdict.ts'
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.ts'

type Layout = 'suna-stream' | 'suna-list'

/** Times of one chunk, in ms: made and written by their own clocks, and what the relay and the wire took. */
interface Chunk {
  readonly madeAt: number
  readonly writtenAt: number
  readonly readMs: number
  readonly relayMs: number
  readonly wireMs: number
}

interface Script {
  readonly layout: Layout
  readonly stamped?: boolean
  /** What the app says of the stamps. */
  readonly told?: WriterFacts['stampedAt']
  readonly chunk: (index: number, before: Chunk | undefined) => Chunk
  /** Work of the page per flush, ms. */
  readonly parseMs?: number
  readonly reactMs?: number
  readonly paintMs?: number
  readonly perEvent?: boolean
}

const FRAME = 1000 / 60
const SECONDS = 7

interface Page {
  readonly clock: ManualClock
  readonly meter: Meter
  readonly script: Script
  lastRenderAt: number
}

/** Plays a script to a meter, and diagnoses what it saw. */
async function verdictOf(script: Script): Promise<Verdict> {
  const writer = { stampedAt: script.told }
  return playTo(
    script,
    SECONDS,
    (meter) => diagnose(meter.snapshot(), undefined, { writer }).verdict,
  )
}

/** Plays so many seconds of it, and looks four times a second, as a panel does. */
async function verdictsOf(script: Script, seconds: number): Promise<readonly Verdict[]> {
  const options = { writer: { stampedAt: script.told } }
  const all: Diagnosis[] = []
  let lookedAt = -Infinity
  await playTo(
    script,
    seconds,
    () => {},
    ({ clock, meter }) => {
      if (clock.now() - lookedAt < 250) return
      lookedAt = clock.now()
      all.push(diagnose(meter.snapshot(), all.at(-1), options))
    },
  )
  return all.map(({ verdict }) => verdict)
}

async function playTo<T>(
  script: Script,
  seconds: number,
  end: (meter: Meter) => T,
  eachFrame: (page: Page) => void = () => {},
): Promise<T> {
  const clock = createManualClock()
  const epoch = clock.now()
  // The relay's clock is the page's here, and is asked in no time at all.
  const relayTime = () =>
    Promise.resolve({
      receivedMs: clock.now(),
      sentMs: clock.now(),
      storeOffsetMs: 0,
      storeRttMs: 0.4,
    })
  const payloadTime = script.stamped
    ? ({ data }: Frame) => (JSON.parse(data) as { made: number }).made
    : undefined
  const meter = createMeter({ clock, relayTime, payloadTime })
  meter.connection('open')
  await clock.advance(50)
  const page: Page = { clock, meter, script, lastRenderAt: 0 }
  let last: Chunk | undefined
  let flushed = clock.now()
  let waiting = 0
  for (let index = 0; clock.now() - epoch < seconds * 1000; index++) {
    const chunk = script.chunk(index, last)
    last = chunk
    const arrival = epoch + chunk.writtenAt + chunk.readMs + chunk.relayMs + chunk.wireMs
    // Frames go on while nothing comes.
    while (clock.now() < arrival) {
      await clock.advance(Math.min(FRAME, arrival - clock.now()))
      if (waiting > 0 && clock.now() - flushed >= FRAME) {
        await flush(page, waiting)
        waiting = 0
        flushed = clock.now()
      }
      eachFrame(page)
    }
    await read(page, chunk, arrival, epoch, index)
    waiting++
    if (script.perEvent) {
      await flush(page, waiting)
      waiting = 0
    }
  }
  const seen = end(meter)
  meter.connection('closed')
  return seen
}

async function read(page: Page, chunk: Chunk, at: number, epoch: number, index: number) {
  const { clock, meter, script } = page
  const writtenMs = Math.round(epoch + chunk.writtenAt)
  const readEndMs = epoch + chunk.writtenAt + chunk.readMs
  const timing = {
    n: 1,
    readStartMs: readEndMs - chunk.readMs,
    readEndMs,
    sentMs: readEndMs + chunk.relayMs,
    rttMs: chunk.readMs,
  }
  const id = script.layout === 'suna-stream' ? `S-${writtenMs}-${index}` : `L-${index}`
  const frames: Frame[] = [
    { event: 'relay.timing', id: undefined, data: JSON.stringify(timing) },
    { event: 'message', id, data: JSON.stringify({ made: epoch + chunk.madeAt }) },
  ]
  const arrival: Arrival = { at, frames }
  const begun = clock.now()
  await clock.advance(script.parseMs ?? 0.1)
  meter.read({ ...arrival, at: Math.min(at, begun) }, clock.now(), 1, 6)
}

async function flush({ clock, meter, script }: Page, events: number): Promise<void> {
  const startedAt = clock.now()
  const reducedAt = startedAt + 0.1
  await clock.advance(script.reactMs ?? 1)
  meter.rendered()
  meter.flushed(events, startedAt, Math.min(reducedAt, clock.now()), clock.now())
  const paintMs = script.paintMs ?? 1
  await clock.advance(paintMs)
  meter.painted(clock.now(), paintMs)
}

const jitter = (index: number): number => ((index * 0.618) % 1) - 0.5

/** Chunks that a model makes every `gapMs`, give or take `evenness`, sent on at once. */
const steady =
  (gapMs: number, unevenness: number, more: Partial<Chunk> = {}) =>
  (index: number, before: Chunk | undefined): Chunk => {
    const madeAt = (before?.madeAt ?? 100) + gapMs * (1 + unevenness * jitter(index))
    return { madeAt, writtenAt: madeAt + 1, readMs: 1, relayMs: 0.3, wireMs: 2, ...more }
  }

/** A model of 20 ms, and a writer that awaits 155 ms for each chunk. */
const awaiting = (_: number, before: Chunk | undefined): Chunk => {
  const madeAt = (before?.madeAt ?? 100) + 20
  const begunAt = Math.max(madeAt, (before?.writtenAt ?? 0) + 78)
  return { madeAt, writtenAt: begunAt + 77, readMs: 1, relayMs: 0.3, wireMs: 2 }
}

describe.each(['suna-stream', 'suna-list'] as const)('in the layout %s', (layout) => {
  it('finds nothing where nothing is the matter', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(20, 0.6) })
    expect(verdict).toMatchObject({ kind: 'healthy' })
  })

  it('finds a slow model by payload times, and doubts it without', async () => {
    const script: Script = { layout, chunk: steady(300, 1.2) }
    const sure = await verdictOf({ ...script, stamped: true, told: 'model' })
    expect(sure.kind).toBe('model-bound')
    expect(sure.confidence).toBeGreaterThan(0.8)
    const guess = await verdictOf(script)
    expect(guess.kind).toBe('model-bound')
    expect(guess.confidence).toBeLessThan(0.8)
  })

  it('finds a writer that awaits by payload times, and does not know without', async () => {
    const script: Script = { layout, chunk: awaiting }
    expect((await verdictOf({ ...script, stamped: true })).kind).toBe('write-bound')
    const verdict = await verdictOf(script)
    expect(verdict.kind).toBe('unknown')
    expect(verdict.experiment).toContain('round trip')
  })

  it('is not sure of a model whose stamps may be from after an awaited write', async () => {
    // The loop asks for the next chunk when the write of the last is answered: made 1 ms later, every round trip.
    const loop = (_: number, before: Chunk | undefined): Chunk => {
      const madeAt = (before?.writtenAt ?? 22) + 79
      return { madeAt, writtenAt: madeAt + 77, readMs: 1, relayMs: 0.3, wireMs: 2 }
    }
    const verdict = await verdictOf({ layout, chunk: loop, stamped: true })
    expect(verdict.kind).toBe('model-bound')
    expect(verdict.confidence).toBeLessThan(0.8)
    const told = await verdictOf({ layout, chunk: loop, stamped: true, told: 'write' })
    expect(told.kind).toBe('unknown')
  })

  it('tells a model that pauses as long from that writer, by payload times alone', async () => {
    const script: Script = { layout, chunk: steady(155, 0.05) }
    expect((await verdictOf({ ...script, stamped: true })).kind).toBe('model-bound')
    expect((await verdictOf(script)).kind).toBe('unknown')
  })

  it('finds slow reads of Redis', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(25, 0.6, { readMs: 90 }) })
    expect(verdict.kind).toBe('redis-bound')
  })

  it('finds a relay that is overloaded', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(25, 0.6, { relayMs: 180 }) })
    expect(verdict.kind).toBe('relay-bound')
    expect(verdict.confidence).toBeGreaterThan(0.8)
  })

  it('finds a slow network', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(25, 0.6, { wireMs: 250 }) })
    expect(verdict.kind).toBe('network-bound')
  })

  it('finds heavy parsing', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(20, 0.2), parseMs: 14 })
    expect(verdict.kind).toBe('parse-bound')
  })

  it('finds heavy rendering, and not the network that it makes look slow', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(20, 0.2), reactMs: 45 })
    expect(verdict.kind).toBe('render-bound')
  })

  it('finds heavy layout', async () => {
    const verdict = await verdictOf({ layout, chunk: steady(20, 0.2), paintMs: 45 })
    expect(verdict.kind).toBe('paint-bound')
  })
})

it.each([1000, 1250, 1600])(
  'stays with its verdict on a calm stream of a chunk every %i ms, some four a window',
  async (gapMs) => {
    const chunk = steady(gapMs, 0.6)
    const script: Script = { layout: 'suna-stream', chunk, stamped: true, told: 'model' }
    const verdicts = await verdictsOf(script, 60)
    const changes = verdicts.filter(({ kind }, at) => at > 0 && kind !== verdicts[at - 1]?.kind)
    expect(changes.map(({ kind }) => kind)).toEqual(['model-bound'])
    expect(Math.max(...verdicts.map(({ confidence }) => confidence))).toBeLessThan(0.8)
  },
)
