// How numbers are written: always with a unit, a dash for what is not known, and no more digits than are true.
import type { Evidence } from '../metrics/index.ts'

const NONE = '–'

/** Milliseconds; from a second on, seconds. */
export function milliseconds(value: number | null | undefined): string {
  if (!isKnown(value)) return NONE
  if (Math.abs(value) >= 999.5) return `${(value / 1000).toFixed(1)} s`
  return `${value.toFixed(Math.abs(value) < 9.95 ? 1 : 0)} ms`
}

/** A rate. */
export function perSecond(value: number | null | undefined): string {
  return isKnown(value) ? `${compact(value)}/s` : NONE
}

/** A part of 1. */
export function percent(value: number | null | undefined): string {
  if (!isKnown(value)) return NONE
  const parts = value * 100
  return `${parts > 0 && parts < 0.95 ? parts.toFixed(1) : parts.toFixed(0)} %`
}

/** A count; thousands are told as such from 10,000 on. */
export function count(value: number | null | undefined): string {
  return isKnown(value) ? compact(value) : NONE
}

/** One number of a verdict, with what it is held against. */
export function evidenceWords({ name, value, unit, threshold }: Evidence): string {
  const held = threshold === undefined ? '' : ` (threshold ${inUnit(threshold, unit)})`
  return `${name}: ${inUnit(value, unit)}${held}`
}

function inUnit(value: number, unit: string): string {
  if (unit === 'ms') return milliseconds(value)
  if (unit === 'share') return percent(value)
  if (unit === '1/s') return perSecond(value)
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  const words = value.toFixed(digits)
  if (unit === '×') return `${words} ×`
  return unit === 'count' ? words : `${words} ${unit}`
}

function compact(value: number): string {
  if (value >= 999_500) return `${(value / 1e6).toFixed(1)} M`
  if (value >= 9_999.5) return `${(value / 1000).toFixed(1)} k`
  return value.toFixed(value > 0 && value < 9.95 && !Number.isInteger(value) ? 1 : 0)
}

const isKnown = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value)
