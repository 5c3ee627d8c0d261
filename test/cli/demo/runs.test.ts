import { describe, expect, it, vi } from 'vitest'
import { createDemoRuns } from '../../../src/cli/demo/runs.ts'
import type { DemoRun } from '../../../src/cli/demo/runs.ts'
import type { EventWriter } from '../../../src/cli/play/event-writer.ts'
import { createLogger } from '../../../src/cli/logger.ts'
import { machineClock } from '../../../src/cli/play/player.ts'
import type { PlayerClock } from '../../../src/cli/play/player.ts'
import { createManualPlayerClock } from '../manual-player-clock.ts'

interface Log {
  readonly payloads: string[]
  readonly ends: string[]
}

const runOf = (due: readonly number[], log: Log, open?: DemoRun['open']): DemoRun => ({
  open: open ?? (() => Promise.resolve(writerOn(log))),
  plan: () => ({
    protocol: 'ag-ui',
    due,
    payload: (index) => `${index}`,
    stopped: () => 'stopped',
  }),
})

const writerOn = ({ payloads, ends }: Log): EventWriter => ({
  write: (payload) => void payloads.push(payload),
  end: (reason) => Promise.resolve(void ends.push(reason)),
  abandon: () => void ends.push('abandoned'),
})

const runsOn = (clock: PlayerClock, lines: string[] = []) =>
  createDemoRuns({
    logger: createLogger({ write: (line) => lines.push(line) }),
    maxRuns: 2,
    clock,
  })

// Due in an hour: such a run is under way until somebody stops it.
const LATER = [0, 3_600_000]
const newLog = (): Log => ({ payloads: [], ends: [] })

describe('createDemoRuns', () => {
  it('writes a run to its end under an id that only a demo uses', async () => {
    const log = newLog()
    const { id } = await runsOn(createManualPlayerClock()).start(runOf([0, 5, 10], log))
    await vi.waitFor(() => expect(log).toEqual({ payloads: ['0', '1', '2'], ends: ['completed'] }))
    expect(id).toMatch(/^framewise_demo_[\w-]{12}$/)
  })

  it('ends a stopped run with a stopped event, once', async () => {
    const [log, runs] = [newLog(), runsOn(machineClock)]
    const { id } = await runs.start(runOf(LATER, log))
    expect(runs.stop(id)).toBe(true)
    await vi.waitFor(() => expect(log).toEqual({ payloads: ['0', 'stopped'], ends: ['stopped'] }))
    await vi.waitFor(() => expect(runs.stop(id)).toBe(false))
  })

  it('allows so many runs and no more, and a new one when one has ended', async () => {
    const runs = runsOn(machineClock)
    const { id } = await runs.start(runOf(LATER, newLog()))
    await runs.start(runOf(LATER, newLog()))
    const third = (): Promise<unknown> => runs.start(runOf(LATER, newLog()))
    await expect(third()).rejects.toMatchObject({ status: 429 })
    runs.stop(id)
    await vi.waitFor(third)
    runs.close()
  })

  it('gives the place back when the store cannot be reached, and says so', async () => {
    const runs = runsOn(machineClock)
    const open = (): Promise<never> => Promise.reject(new Error('no Redis there'))
    for (const _ of [1, 2, 3]) {
      await expect(runs.start(runOf([0], newLog(), open))).rejects.toMatchObject({
        status: 503,
        message: 'no Redis there',
      })
    }
  })

  it('gives up a run whose store fails, and tells the log', async () => {
    const [log, lines]: [Log, string[]] = [newLog(), []]
    const write = (): never => {
      throw new Error('gone')
    }
    const open = (): Promise<EventWriter> => Promise.resolve({ ...writerOn(log), write })
    const { id } = await runsOn(machineClock, lines).start(runOf([0], log, open))
    await vi.waitFor(() => expect(log.ends).toEqual(['abandoned']))
    expect(lines).toContain(`warn: run ${id}: gone`)
  })

  it('drops every run at once when it is closed', async () => {
    const [log, runs] = [newLog(), runsOn(machineClock)]
    await runs.start(runOf(LATER, log))
    runs.close()
    await vi.waitFor(() => expect(log).toEqual({ payloads: ['0'], ends: ['abandoned'] }))
  })
})
