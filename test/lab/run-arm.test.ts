import { describe, expect, it } from 'vitest'
import type { LabSource } from '../../src/lab/options.ts'
import { type ArmRun, type Bench, runArm } from '../../src/lab/run-arm.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { replay } from '../../src/transport/replay.ts'
import { delta, trackOf } from './a-track.ts'

const track = trackOf([0, 10, 20].map((t) => ({ t, event: delta('a', 'text') })))

const aStage = (contentVisibility = ''): HTMLElement =>
  ({ style: { contentVisibility } }) as HTMLElement

/** Runs one arm on a clock of its own, as far as the test moves it. */
function start(source: LabSource, run: Partial<ArmRun> = {}, bench: Partial<Bench> = {}) {
  const clock = createManualClock()
  const cancelling = new AbortController()
  const { signal } = cancelling
  const given = { stage: undefined, renderers: undefined, cost: undefined, ...bench }
  const cost = runArm(
    { ...given, sources: { source }, clock, signal },
    {
      consumer: 'discard',
      schedule: 'immediate',
      view: 'none',
      hidden: false,
      source: 'source',
      track,
      graceMs: 350,
      ...run,
    },
  )
  // What is rejected before the test looks is not lost.
  cost.catch(() => {})
  return { cost, clock, cancel: () => cancelling.abort(new Error('enough')) }
}

const inTime: LabSource = (recording) => ({ transport: replay(recording) })

describe('a run that is cancelled while its source is still starting', () => {
  it.each(['discard', 'parse', 'by-hand', 'framewise'] as const)(
    'ends at once, and frees what comes late: %s',
    async (consumer) => {
      let closed = 0
      const starting = Promise.withResolvers<ReturnType<LabSource>>()
      const { cost, clock, cancel } = start(() => starting.promise as Promise<never>, { consumer })
      await clock.advance(100)
      cancel()
      await clock.advance(300)
      await expect(Promise.race([cost, 'it hangs'])).rejects.toThrow('enough')
      starting.resolve({ transport: replay(track.recording), close: () => void closed++ })
      await clock.settle()
      expect(closed).toBe(1)
    },
  )
})

describe('the time a run has', () => {
  it('begins with the first event: a source may take some time to start', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { cost, clock } = start(async (recording, context) => {
      await promise
      return inTime(recording, context)
    })
    await clock.advance(3000)
    resolve()
    await clock.advance(600)
    expect(await cost).toMatchObject({ complete: true, events: 3, drainMs: expect.closeTo(0) })
  })

  it('is not for ever: a source that never begins is cut, and one that stops soon after that', async () => {
    const never = start(() => new Promise(() => {}))
    await never.clock.advance(6000)
    expect(await never.cost).toMatchObject({ complete: false, events: 0 })
    const stops = start(() => ({
      transport: {
        name: 'stops',
        async *open({ clock, signal }) {
          yield { at: clock.now(), frames: [{ event: 'message', id: undefined, data: '{}' }] }
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        },
      },
    }))
    await stops.clock.advance(800)
    expect(await stops.cost).toMatchObject({ complete: false, events: 1 })
  })
})

describe('the stage', () => {
  it('is hidden for a hidden run alone, and has its own style again after it', async () => {
    const stage = aStage('auto')
    const shown = start(inTime, {}, { stage })
    await shown.clock.advance(20)
    expect(stage.style.contentVisibility).toBe('auto')
    await shown.clock.advance(1000)
    const hidden = start(inTime, { hidden: true }, { stage })
    await hidden.clock.advance(20)
    expect(stage.style.contentVisibility).toBe('hidden')
    await hidden.clock.advance(1000)
    await Promise.all([shown.cost, hidden.cost])
    expect(stage.style.contentVisibility).toBe('auto')
  })

  it.each(['framewise', 'by-hand'] as const)(
    'has it also after a renderer that throws, and the source is freed: %s',
    async (consumer) => {
      const broken = (): never => {
        throw new Error('broken')
      }
      const stage = aStage()
      const run = { consumer, view: 'plain', hidden: true } as const
      let closed = 0
      const source: LabSource = (recording) => ({
        transport: replay(recording),
        close: () => void closed++,
      })
      const mounting = { plain: broken, byHand: broken }
      const mount = start(source, run, { stage, renderers: mounting })
      await mount.clock.advance(1000)
      await expect(mount.cost).rejects.toThrow('broken')
      expect(stage.style.contentVisibility).toBe('')
      const unmounting = { plain: () => broken, byHand: () => broken }
      const unmount = start(source, run, { stage, renderers: unmounting })
      await unmount.clock.advance(1000)
      await expect(unmount.cost).rejects.toThrow('broken')
      expect(stage.style.contentVisibility).toBe('')
      expect(closed).toBe(1)
    },
  )
})
