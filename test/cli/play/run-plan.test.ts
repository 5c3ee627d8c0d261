import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { planRecording, planSynthetic } from '../../../src/cli/play/run-plan.ts'
import type { SyntheticRun } from '../../../src/cli/play/run-plan.ts'
import { scenario, textOf } from '../../../src/testing/scenario.ts'
import { decodeRecording } from '../../../src/wire/recording.ts'
import { endReasonOf } from '../../../src/wire/terminal.ts'

const run: SyntheticRun = {
  seed: 2,
  events: 80,
  chunk: 5,
  rate: 100,
  format: 'ag-ui',
  layout: 'suna-stream',
  runId: 'r',
}
const payloads = (plan: ReturnType<typeof planSynthetic>): unknown[] =>
  plan.due.map((_, index) => JSON.parse(plan.payload(index, 0)) as unknown)

describe('planSynthetic', () => {
  it('plans the events as they are for AG-UI, one each hundredth of a second', () => {
    const plan = planSynthetic(run)
    expect(payloads(plan)).toEqual(scenario(run))
    expect(plan.due.slice(0, 3)).toEqual([0, 10, 20])
    expect(plan.protocol).toBe('ag-ui')
  })

  it('plans a payload and a time for every row of an envelope', () => {
    const plan = planSynthetic({ ...run, format: 'suna' })
    const reasons = payloads(plan).map(endReasonOf)
    expect(reasons.at(-1)).toBe('completed')
    expect(reasons.filter((reason) => reason !== null)).toHaveLength(1)
    expect(plan.payload(1, Date.UTC(2026, 0, 2))).toContain('"created_at": "2026-01-02T00:00:00')
  })

  it('has a payload at hand that stops the run, in its own format', () => {
    const { stopped } = planSynthetic({ ...run, format: 'suna' })
    expect(endReasonOf(JSON.parse(stopped(0)))).toBe('stopped')
    expect(JSON.parse(planSynthetic(run).stopped(0))).toEqual({
      type: 'RUN_FINISHED',
      reason: 'stopped',
    })
  })
})

describe('planRecording', () => {
  it('keeps bytes and order, and divides the times by the speed', () => {
    const plan = planRecording(
      {
        framewise: 1,
        layout: 'suna-list',
        protocol: 'suna',
        events: [
          { t: 0, id: null, data: '{ "a":1}' },
          { t: 30, id: 'x', data: 'not JSON' },
        ],
      },
      3,
    )
    expect(plan.due).toEqual([0, 10])
    expect([plan.payload(0, 5), plan.payload(1, 5)]).toEqual(['{ "a":1}', 'not JSON'])
    expect(plan.protocol).toBe('suna')
  })
})

describe('the shipped recording', () => {
  const path = new URL('../../../demo/public/recordings/agent-run.ndjson', import.meta.url)
  const text = readFileSync(path, 'utf8')
  const recording = decodeRecording(text)

  it('is what `produce --events 1500 --rate 375 --rhythm bursts` writes', () => {
    const numbers = { seed: 1, events: 1500, chunk: 4, rate: 375 }
    const plan = planSynthetic({ ...run, ...numbers, rhythm: 'bursts' })
    expect(recording.events.map(({ data }) => data)).toEqual(
      plan.due.map((_, index) => plan.payload(index, 0)),
    )
    expect(recording.events.map(({ t }) => t)).toEqual(plan.due)
  })

  it('is small, ends, and holds text', () => {
    const events = recording.events.map(({ data }) => JSON.parse(data))
    expect(text.length).toBeLessThan(250_000)
    expect(endReasonOf(events.at(-1))).toBe('completed')
    expect(textOf(events).length).toBeGreaterThan(4000)
  })
})
