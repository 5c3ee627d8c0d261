import { describe, expect, it } from 'vitest'
import { sentenceOf, type SourceResult } from '../../../demo/isolate/sentence.ts'

const result = (overrides: Partial<SourceResult> = {}): SourceResult => ({
  source: 'worker',
  pairs: 5,
  immediateMs: 512.3,
  busyShare: { median: 0.39, min: 0.37, max: 0.41 },
  scriptShare: { median: 0.81, min: 0.79, max: 0.83 },
  batchedRatio: { median: 0.29, min: 0.26, max: 0.34 },
  ...overrides,
})

describe('sentenceOf', () => {
  it('tells how busy the main thread is, what part is script, and what batching removes, with ranges', () => {
    expect(sentenceOf([result()])).toBe(
      'From the Worker, one render per event keeps the main thread busy 39 % (37–41) of the run (512 ms), ' +
        '81 % (79–83) of it JavaScript, and batching removes 71 % (66–74) of it.',
    )
  })

  it('has a clause for every source', () => {
    const text = sentenceOf([result(), result({ source: 'relay', immediateMs: 600 })])
    expect(text).toMatch(/^From the Worker, .*; from the relay, .* \(600 ms\), .*\.$/)
  })

  it('claims no effect that the pairs do not all show', () => {
    const text = sentenceOf([result({ batchedRatio: { median: 0.8, min: 0.6, max: 1.02 } })])
    expect(text).toContain('no effect that 5 pairs can show (0.60 to 1.02 times the cost)')
    expect(text).not.toContain('removes')
  })

  it('says so when batching costs more', () => {
    const text = sentenceOf([result({ batchedRatio: { median: 1.2, min: 1.1, max: 1.3 } })])
    expect(text).toContain('batching adds 20 % (10–30) to it')
  })

  it('admits what could not be measured', () => {
    expect(sentenceOf([result({ batchedRatio: null })])).toContain('could not be measured')
    expect(sentenceOf([])).toBe('Nothing was measured.')
  })
})
