// `framewise/metrics`: what a stream costs and how fresh it is.
export { createMeter, type Meter, type MeterSnapshot, type StageCost } from './meter.ts'
export type { Percentiles } from './samples.ts'
