// Proves now and then that both connections of a session still answer: TCP says nothing of a Redis that hangs or of a
// proxy that swallows. The same small probes measure the round trip and how far the clocks are apart.
import type { BackendInfo } from '../backend.ts'
import type { RedisSession } from './redis-session.ts'
import { BLOCK_MS } from './redis-session.ts'

/** A running probe. */
export interface Pulse {
  /** What the last five probes found. */
  times(): Pick<BackendInfo, 'rttMs' | 'clockOffsetMs'>
  stop(): void
}

/** Time between two probes, in ms; they take turns on the two connections. */
export const BEAT_MS = 10_000
const PATIENCE_MS = 5000
const KEPT = 5

/** Starts probing. `onBeat` is called with each; `lose` when there is no answer. */
export function startPulse(
  session: RedisSession,
  lose: (error: Error) => void,
  onBeat: () => void,
): Pulse {
  const samples: { rttMs: number; offsetMs: number | null }[] = []
  let beats = 0
  const timer = setInterval(beat, BEAT_MS).unref()
  void warmUp()

  async function warmUp(): Promise<void> {
    for (let n = 0; n < 3 && session.isOpen(); n++) await proven(readClock(), PATIENCE_MS)
  }

  function beat(): void {
    onBeat()
    if (beats++ % 2 === 1) return void proven(readClock(), PATIENCE_MS)
    const blockMs = session.tracking ? 0 : BLOCK_MS // a blocking read may be in front
    void proven(session.live('PING'), PATIENCE_MS + blockMs)
  }

  async function readClock(): Promise<void> {
    const begun = performance.now()
    const reply = await session.send('TIME').catch(() => null) // a refusal is an answer, too
    const rttMs = performance.now() - begun
    if (!session.isOpen()) return
    const [seconds, micros] = Array.isArray(reply) ? reply.map(Number) : []
    const redisMs = Number(seconds) * 1000 + Number(micros) / 1000
    const offsetMs = redisMs - (Date.now() - rttMs / 2)
    samples.push({ rttMs, offsetMs: Number.isNaN(offsetMs) ? null : offsetMs })
    if (samples.length > KEPT) samples.shift()
  }

  async function proven(answer: Promise<unknown>, ms: number): Promise<void> {
    const late = setTimeout(() => lose(new Error(`no answer within ${ms} ms`)), ms).unref()
    await answer.catch(() => {}) // told by the connection itself
    clearTimeout(late)
  }

  function times(): ReturnType<Pulse['times']> {
    const byRtt = samples.toSorted((a, b) => a.rttMs - b.rttMs)
    const [quickest, median] = [byRtt[0], byRtt[byRtt.length >> 1]]
    return { rttMs: median?.rttMs ?? null, clockOffsetMs: quickest?.offsetMs ?? null }
  }

  return { times, stop: () => clearInterval(timer) }
}
