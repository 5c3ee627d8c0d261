// One number that a verdict rests on, in one line: what nobody knows is no evidence.
import type { Evidence } from './verdict.ts'

/** None where the value is null. */
export function evidence(
  name: string,
  value: number | null | undefined,
  unit: string,
  threshold?: number,
): readonly Evidence[] {
  return value === null || value === undefined ? [] : [{ name, value, unit, threshold }]
}
