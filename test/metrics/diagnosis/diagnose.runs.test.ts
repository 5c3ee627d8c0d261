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
  /** When the wire lets go what is to come at this time. @default at once */
  readonly gathered?: (at: number) => number
  /** Another script holds the thread for so many ms, so often. */
  readonly hog?: Hog
}

interface Hog {
  readonly ms: number
  readonly eachMs: number
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
  const { gathered = (at: number) => at, hog } = script
  const time = createManualClock()
  const clock = hog === undefined ? time : held(time, hog)
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
  let flushed = clock.now()
  let waiting = 0
  const arrivalOf = ({ writtenAt, readMs, relayMs, wireMs }: Chunk): number =>
    gathered(epoch + writtenAt + readMs + relayMs + wireMs)
  let index = 0
  let next = script.chunk(index++, undefined)
  while (clock.now() - epoch < seconds * 1000) {
    const arrival = arrivalOf(next)
    const together: Chunk[] = []
    for (; arrivalOf(next) === arrival; next = script.chunk(index++, next)) together.push(next)
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
    await read(page, together, arrival, epoch, index)
    waiting += together.length
    if (script.perEvent) {
      await flush(page, waiting)
      waiting = 0
    }
  }
  const seen = end(meter)
  meter.connection('closed')
  return seen
}

async function read(
  page: Page,
  chunks: readonly Chunk[],
  at: number,
  epoch: number,
  index: number,
) {
  const { clock, meter, script } = page
  const frames = chunks.flatMap((chunk, place): Frame[] => {
    const writtenMs = Math.round(epoch + chunk.writtenAt)
    const readEndMs = epoch + chunk.writtenAt + chunk.readMs
    const timing = {
      n: 1,
      readStartMs: readEndMs - chunk.readMs,
      readEndMs,
      sentMs: readEndMs + chunk.relayMs,
      rttMs: chunk.readMs,
    }
    const number = index + place
    const id = script.layout === 'suna-stream' ? `S-${writtenMs}-${number}` : `L-${number}`
    return [
      { event: 'relay.timing', id: undefined, data: JSON.stringify(timing) },
      { event: 'message', id, data: JSON.stringify({ made: epoch + chunk.madeAt }) },
    ]
  })
  // A thread that is held takes it up late.
  await clock.advance(freeAt(clock.now(), script.hog) - clock.now())
  const begun = clock.now()
  await clock.advance(script.parseMs ?? 0.1)
  const arrival: Arrival = { at: script.hog === undefined ? Math.min(at, begun) : begun, frames }
  meter.read(arrival, clock.now(), chunks.length, 6 * chunks.length)
}

/** When the thread is next free. */
function freeAt(at: number, hog: Hog | undefined): number {
  if (hog === undefined) return at
  const since = at % hog.eachMs
  return since < hog.ms ? at - since + hog.ms : at
}

/** A clock of a page that another script holds now and then: timers and frames come when it lets go. */
function held(clock: ManualClock, hog: Hog): ManualClock {
  const late = (run: () => void) => (): void => {
    const ms = freeAt(clock.now(), hog) - clock.now()
    if (ms > 0) clock.setTimer(run, ms)
    else run()
  }
  return {
    ...clock,
    setTimer: (run, ms) => clock.setTimer(late(run), ms),
    requestFrame: (run) => clock.requestFrame(late(run)),
  }
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

const EITHER = 'Chunks come late: the network, or the page.'

describe('a wire that gathers, in a page that is a little late', () => {
  // 17 % of the thread.
  const hog: Hog = { ms: 70, eachMs: 400 }
  const evenly = (at: number): number => Math.ceil(at / 800) * 800
  const unevenly = (at: number): number => evenly(at) + (Math.ceil(at / 800) % 3) * 150
  const ways = { evenly, unevenly }
  const layouts = ['suna-stream', 'suna-list'] as const
  const cases = layouts.flatMap((layout) =>
    (['evenly', 'unevenly'] as const).map((way) => ({ layout, way })),
  )

  it.each(cases)('is the network and not the source: $layout, $way', async ({ layout, way }) => {
    const script: Script = { layout, chunk: steady(16, 0.6), gathered: ways[way], hog }
    const verdicts = await verdictsOf(script, 12)
    const kinds = verdicts.map(({ kind }) => kind).slice(12)
    expect(new Set(kinds)).toEqual(new Set(['network-bound']))
  })

  it.each(layouts)(
    'is the network or the page where lateness may explain it: %s',
    async (layout) => {
      const gathered = (at: number): number => Math.ceil(at / 170) * 170
      const script: Script = {
        layout,
        chunk: steady(16, 0.6),
        gathered,
        hog: { ms: 45, eachMs: 300 },
      }
      const verdicts = (await verdictsOf(script, 12)).slice(12)
      for (const { kind, note } of verdicts) expect([kind, note]).toEqual(['unknown', EITHER])
    },
  )

  it.each(layouts)('hides no slow model: %s', async (layout) => {
    const script: Script = { layout, chunk: steady(900, 0.9), gathered: unevenly, hog }
    const told = await verdictOf({ ...script, gathered: (at) => at, stamped: true, told: 'model' })
    expect(told.kind).toBe('model-bound')
  })
})
