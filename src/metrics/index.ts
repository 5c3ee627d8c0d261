// `framewise/metrics`: what a stream costs and how fresh it is.
export { createMeter, type Meter, type MeterOptions } from './meter.ts'
export type { Spread } from './samples.ts'
export type { PayloadTime } from './server-stamps.ts'
export type {
  Backlog,
  Busy,
  ClockOffset,
  Frames,
  Freshness,
  Gaps,
  Interactions,
  LongFrames,
  MeterSnapshot,
  Source,
  Stage,
  StageCost,
  StageName,
} from './snapshot.ts'
export { STAGES } from './snapshot.ts'
