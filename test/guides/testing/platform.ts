import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web'
import { BroadcastChannel, MessageChannel } from 'node:worker_threads'

Object.assign(globalThis, {
  BroadcastChannel,
  MessageChannel,
  ReadableStream,
  TransformStream,
  WritableStream,
})
