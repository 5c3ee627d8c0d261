// Who may import whom, as data: one row per layer, in the order of the pipeline. docs/layers.md shows the same table.

/** One row of the may / may-never table. A layer may always import itself. */
export interface Layer {
  /** Folder or file below `src`, or `demo`. */
  readonly name: string
  /** Folders or files below `src`; where a file is named, only that file. */
  readonly may: readonly string[]
  /** Packages; a trailing `*` stands for any rest, a name includes its subpaths only when listed so. */
  readonly packages: readonly string[]
}

const pipeline = ['wire', 'core', 'protocols', 'transport', 'frame', 'stream']
const relayGround = ['backend', 'cursor', 'end-reason', 'pause', 'seldom'].map(
  (name) => `relay/${name}.ts`,
)
const metricsGround = ['snapshot', 'samples', 'rate'].map((name) => `metrics/${name}.ts`)
const server = ['node:*', 'ws', '@redis/client']

/** The table. What a row does not list, it may never import. */
export const LAYERS: readonly Layer[] = [
  { name: 'wire', may: [], packages: [] },
  { name: 'core', may: ['wire'], packages: [] },
  { name: 'protocols', may: ['wire', 'core'], packages: [] },
  { name: 'transport', may: ['wire', 'core'], packages: ['eventsource-parser'] },
  { name: 'frame', may: ['core'], packages: [] },
  {
    name: 'stream',
    may: ['wire', 'core', 'transport', 'frame'],
    packages: ['zustand/vanilla'],
  },
  { name: 'agent-stream.ts', may: pipeline, packages: [] },
  { name: 'index.ts', may: [...pipeline, 'agent-stream.ts'], packages: [] },
  { name: 'metrics/index.ts', may: ['metrics', 'lab'], packages: [] },
  {
    name: 'metrics/meter',
    may: ['core', ...metricsGround, 'metrics/page', 'metrics/stamps'],
    packages: [],
  },
  { name: 'metrics/page', may: ['core', ...metricsGround], packages: [] },
  { name: 'metrics/stamps', may: ['wire', 'core', ...metricsGround], packages: [] },
  { name: 'metrics/diagnosis', may: ['metrics/snapshot.ts'], packages: [] },
  {
    name: 'metrics/export',
    may: ['wire', 'core', 'metrics/snapshot.ts', 'metrics/stamps', 'metrics/diagnosis'],
    packages: [],
  },
  { name: 'metrics/snapshot.ts', may: ['core'], packages: [] },
  { name: 'metrics/samples.ts', may: ['metrics/snapshot.ts'], packages: [] },
  { name: 'metrics/rate.ts', may: [], packages: [] },
  {
    name: 'observe',
    may: ['wire', 'core', 'frame', 'metrics'],
    packages: ['eventsource-parser'],
  },
  {
    name: 'lab',
    may: [...pipeline, 'agent-stream.ts', 'metrics/meter', 'metrics/snapshot.ts'],
    packages: ['zustand/vanilla'],
  },
  { name: 'worker', may: ['core', 'transport', 'frame'], packages: [] },
  {
    name: 'react',
    may: ['index.ts', 'metrics/index.ts'],
    packages: ['react', 'zustand', 'zustand/*'],
  },
  {
    name: 'inspector',
    may: ['core', 'index.ts', 'metrics/index.ts', 'frame/browser-clock.ts'],
    packages: ['react'],
  },
  { name: 'testing', may: ['wire', 'core', 'transport'], packages: ['msw', 'msw/*'] },
  { name: 'relay/redis', may: ['wire', ...relayGround], packages: ['node:*', '@redis/client'] },
  {
    name: 'relay/hub',
    may: ['wire', ...relayGround, 'relay/counters.ts'],
    packages: ['node:*'],
  },
  { name: 'relay/door', may: ['wire', 'relay/request.ts', 'relay/pause.ts'], packages: ['node:*'] },
  {
    name: 'relay/serve',
    may: [
      'wire',
      ...relayGround,
      'relay/counters.ts',
      'relay/request.ts',
      'relay/hub',
      'relay/door',
    ],
    packages: ['node:*', 'ws'],
  },
  { name: 'relay', may: ['wire'], packages: ['node:*'] },
  { name: 'writer', may: ['wire'], packages: ['node:*'] },
  {
    name: 'cli',
    may: ['wire', 'core', 'protocols', 'testing', 'relay', 'writer'],
    packages: [...server, 'eventsource-parser', 'pino', 'prom-client'],
  },
  {
    name: 'demo',
    may: [],
    packages: [
      'framewise',
      'framewise/*',
      'react',
      'react-dom/client',
      'streamdown',
      'uplot',
      'uplot/*',
    ],
  },
]

/** The row a file belongs to, by its path below `src` or with `demo/` in front; undefined when there is none. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ name }) => path === name || path.startsWith(`${name}/`))
}

/** True when `layer` may import this file (path below `src`, or `demo/…`). */
export function mayImportFile(layer: Layer, path: string): boolean {
  return [layer.name, ...layer.may].some((name) => path === name || path.startsWith(`${name}/`))
}

/** True when `layer` may import this package specifier. */
export function mayImportPackage(layer: Layer, specifier: string): boolean {
  return layer.packages.some((name) =>
    name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
  )
}
