// `framewise/worker`: a stream whose wire is read off the main thread. `inWorker` is for the page, `serveStreams` for the
// Worker's own file; what the other side needs, a bundler leaves out.
export { inWorker, type InWorkerOptions } from './in-worker.ts'
export { serveStreams, type ServeOptions, type WorkerScope } from './serve-streams.ts'
