import { createStreamWriter, type WriterClient } from 'framewise/writer'

export async function write(redis: WriterClient, runId: string, model: AsyncIterable<object>) {
  await using writer = createStreamWriter(redis, runId) // a connected client of @redis/client
  for await (const event of model) if (!writer.write(event)) await writer.ready()
  await writer.end({ type: 'RUN_FINISHED' })
}
