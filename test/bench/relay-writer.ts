// The process that writes a run into Redis in the relay's benches, each library's own way.
import { createClient } from '@redis/client'
import { createResumableStreamContext as createAssistantContext } from 'assistant-stream/resumable'
import { createRedisResumableStreamStore } from 'assistant-stream/resumable/redis'
import { createResumableStreamContext } from 'resumable-stream/generic'
import { pubSub } from './relay-arms.ts'
import { ticksOf } from './relay-play.ts'
import type { Play } from './relay-play.ts'

const [, , arm = '', url = '', json = ''] = process.argv
const play = JSON.parse(json) as Play
const [stream = ''] = play.streams
const begin = Promise.withResolvers<void>()

// Their streams hold text: what is written to a viewer is what the agent's side has made.
async function* text(): AsyncGenerator<string> {
  await begin.promise
  let id = 0
  for await (const payloads of ticksOf(play)) {
    for (const payload of payloads) yield `id: ${++id}\ndata: ${payload}\n\n`
  }
  await new Promise(() => {})
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const some of text()) yield encoder.encode(some)
}

function streamOf<T>(source: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

async function append(): Promise<void> {
  const client = await createClient({ url }).connect()
  await begin.promise
  for await (const payloads of ticksOf(play)) {
    for (const payload of payloads) {
      for (const id of play.streams) {
        void client.rPush(`agent_run:${id}:responses`, payload)
        void client.publish(`agent_run:${id}:new_response`, 'new')
      }
    }
  }
}

if (arm === 'assistant-stream') {
  const store = createRedisResumableStreamStore((await createClient({ url }).connect()) as never)
  await createAssistantContext({ store }).run(stream, () => streamOf(bytes()))
} else if (arm === 'resumable-stream') {
  const context = createResumableStreamContext({ waitUntil: null, ...(await pubSub(url)) })
  const made = await context.createNewResumableStream(stream, () => streamOf(text()))
  void made?.pipeTo(new WritableStream())
} else void append()

process.on('message', () => begin.resolve())
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
