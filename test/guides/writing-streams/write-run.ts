import { agUiDelta, createStreamWriter, type WriterClient } from 'framewise/writer'

/** Whatever gives events one by one, until it is done or asked to stop. */
export type Model = (signal: AbortSignal) => AsyncIterable<object>

/** Writes what a model says into Redis. */
export async function writeRun(redis: WriterClient, runId: string, model: Model): Promise<void> {
  const stop = new AbortController()
  await using writer = createStreamWriter(redis, runId, {
    coalesce: { delta: agUiDelta }, // tiny chunks become fewer; leave it out to write each as it is
    onStop: () => stop.abort(),
  })
  for await (const event of model(stop.signal)) {
    if (!writer.write(event)) await writer.ready() // false only when 1 MiB is under way
  }
  const reason = stop.signal.aborted ? 'stopped' : 'completed'
  await writer.end({ type: 'RUN_FINISHED', reason })
}
