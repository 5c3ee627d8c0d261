import { createMeter } from 'framewise/metrics'
import { createManualClock } from 'framewise/testing'
import { describe, expect, it } from 'vitest'
import { decimals, FIGURES, milliseconds, type PanelReading } from '../../../demo/panel/figures.ts'

const idle = (): PanelReading => ({
  ...createMeter({ clock: createManualClock() }).snapshot(),
  commits: 0,
  textLength: 0,
})

const written = (reading: PanelReading, name: string): string | undefined =>
  FIGURES.find((figure) => figure.name === name)?.write(reading)

describe('FIGURES', () => {
  it('writes plain integers where a test id promises them', () => {
    const reading = { ...idle(), events: 123_456, commits: 1_234_567, textLength: 9_876_543 }
    const texts = FIGURES.filter(({ testId }) => testId !== undefined)
    expect(texts.map((figure) => figure.write(reading))).toEqual(['123456', '1234567', '9876543'])
  })

  it('shows a dash, never a zero, for what is not known', () => {
    expect(written(idle(), 'events-per-second')).toBe('–')
    expect(written(idle(), 'freshness-p95')).toBe('–')
    expect(written(idle(), 'malformed')).toBe('0')
  })

  it('has one row for each name', () => {
    expect(new Set(FIGURES.map(({ name }) => name)).size).toBe(FIGURES.length)
  })
})

describe('decimals and milliseconds', () => {
  it('round, and keep a tenth only of few milliseconds', () => {
    expect(decimals(2.75, 1)).toBe('2.8')
    expect(milliseconds(9.96)).toBe('10.0 ms')
    expect(milliseconds(123.4)).toBe('123 ms')
    expect(milliseconds(999.6)).toBe('1.0 s')
  })
})
