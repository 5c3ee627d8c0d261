// What can be known of each stage, by where the events come from: the table of docs/metrics.md as data.
import type { Source, StageName } from '../../../src/metrics/snapshot.ts'

/** Where events come from. */
export type Layout = 'suna-stream' | 'suna-list' | 'memory' | 'foreign'

/** One way to run a stream. */
export interface Setting {
  readonly layout: Layout
  readonly payloadTimes: boolean
  readonly worker: boolean
  readonly isolated: boolean
}

/** How each stage is known, or null. */
export type Known = Readonly<Record<StageName, Source | null>>

/** Every layout. */
export const LAYOUTS: readonly Layout[] = ['suna-stream', 'suna-list', 'memory', 'foreign']
const BOTH = [false, true] as const

/** Every setting there is. */
export const SETTINGS: readonly Setting[] = LAYOUTS.flatMap((layout) =>
  BOTH.flatMap((payloadTimes) =>
    BOTH.flatMap((worker) => BOTH.map((isolated) => ({ layout, payloadTimes, worker, isolated }))),
  ),
)

/** One row of the table: the columns that a stage depends on, and how it is known for each of their values. */
export interface Row {
  readonly stage: StageName
  readonly by: 'layout and payload times' | 'layout and worker' | 'layout' | 'isolation' | 'nothing'
  readonly source: (setting: Setting) => Source | null
}

const relays = (setting: Setting, source: Source): Source | null =>
  setting.layout === 'foreign' ? null : source
const here = ({ isolated }: Setting): Source => (isolated ? 'exact' : 'bounded')

/** The table. */
export const ROWS: readonly Row[] = [
  {
    stage: 'model',
    by: 'layout and payload times',
    source: ({ payloadTimes }) => (payloadTimes ? 'exact' : 'inferred'),
  },
  {
    stage: 'write',
    by: 'layout and payload times',
    source: ({ layout, payloadTimes }) =>
      layout === 'suna-stream' && payloadTimes ? 'inferred' : null,
  },
  {
    stage: 'redis',
    by: 'layout',
    source: (setting) => relays(setting, setting.layout === 'suna-stream' ? 'bounded' : 'inferred'),
  },
  { stage: 'relay', by: 'layout', source: (setting) => relays(setting, 'exact') },
  {
    stage: 'network',
    by: 'layout and worker',
    source: (setting) => relays(setting, setting.worker ? 'bounded' : 'inferred'),
  },
  ...(['parse', 'queue', 'reduce', 'react', 'paint'] as const).map((stage) => ({
    stage,
    by: 'isolation' as const,
    source: here,
  })),
  { stage: 'other', by: 'nothing', source: () => 'inferred' },
]

/** How each stage is known in a setting. */
export function knownIn(setting: Setting): Known {
  const sources = ROWS.map(({ stage, source }) => [stage, source(setting)])
  return Object.fromEntries(sources) as Record<StageName, Source | null>
}
