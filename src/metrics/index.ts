// `framewise/metrics`: what a stream costs, how fresh it is, what it is bound by, and the lab that proves it.
export {
  type ChromeTrace,
  type ChromeTraceEvent,
  type ChromeTraceOptions,
  toChromeTrace,
} from './export/chrome-trace.ts'
export { devtoolsTracks, type DevtoolsTracksOptions } from './export/devtools-tracks.ts'
export { diagnose, type DiagnoseOptions } from './diagnosis/diagnose.ts'
export { createMeter, type Meter, type MeterOptions } from './meter/meter.ts'
export {
  type RecordingState,
  recordStream,
  type RecordStreamOptions,
  type RedactOption,
  type StreamRecorder,
  type Tappable,
} from './export/record-stream.ts'
export type { WriterFacts } from './diagnosis/facts.ts'
export type { PayloadTime } from './stamps/server-stamps.ts'
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
  Spread,
  Stage,
  StageCost,
  StageName,
} from './snapshot.ts'
export { STAGES } from './snapshot.ts'
export { type Thresholds, thresholds } from './diagnosis/thresholds.ts'
export type { SpanName } from './export/spans.ts'
export {
  type StreamTrace,
  type Traceable,
  type TraceConnection,
  type TraceRecord,
  type TraceSpan,
  traceStream,
  type TraceStreamOptions,
  type TraceWrite,
} from './export/trace-stream.ts'
export {
  type Diagnosis,
  type Evidence,
  type Gain,
  type Verdict,
  type VerdictKind,
  VERDICTS,
} from './diagnosis/verdict.ts'

// the lab
export { runLab } from '../lab/run-lab.ts'
export type {
  HandStore,
  LabFeed,
  LabOptions,
  LabProgress,
  LabReading,
  LabRenderer,
  LabRenderers,
  LabSource,
} from '../lab/options.ts'
export type { LabRange } from '../lab/range.ts'
export type {
  LabArm,
  LabCapacity,
  LabCost,
  LabEffect,
  LabFactor,
  LabFactorName,
  LabPlayed,
  LabResult,
  LabShare,
} from '../lab/result.ts'
