'use client'
// `framewise/inspector`: a panel that shows where a stream spends its time, and what to do about it.
export type { InspectorExport } from './export-menu.ts'
export type { InspectorPosition } from './host.ts'
export type { InspectorTheme } from './panel.ts'
export type { InspectedStream, InspectorReport } from './report.ts'
export type { OwnCost } from './own-cost.ts'
export { StreamInspector, type StreamInspectorProps } from './stream-inspector.ts'
