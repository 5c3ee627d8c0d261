// `framewise/observe`: the meter and the verdict for an application that does not use the SDK.
export { batchEventSource } from './batch-event-source.ts'
export { observe } from './observe.ts'
export type { ObservedStream, StreamKind } from './observed-stream.ts'
export type { ObserveOptions, Watching } from './options.ts'
