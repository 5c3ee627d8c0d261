// AI SDK 5, 6 and 7 as producers of streams and as readers of the same bytes. The versions differ in the shapes of
// what a model gives; what is used of them here is alike, and described once.
import * as ai7 from 'ai'
import * as ai5 from 'ai-5'
import { MockLanguageModelV2 } from 'ai-5/test'
import * as ai6 from 'ai-6'
import { MockLanguageModelV3 } from 'ai-6/test'
import { MockLanguageModelV4 } from 'ai/test'
import { z } from 'zod'

/** A chunk, or a part of a model's answer. */
export type Part = { readonly type: string } & Readonly<Record<string, unknown>>

/** A part of a message as AI SDK's own reader tells it. */
export type ReadPart = { readonly type: string } & Readonly<Record<string, unknown>>

/** A message as AI SDK's own reader tells it. */
export interface ReadMessage {
  readonly id: string
  readonly parts: readonly ReadPart[]
}

/** Writes and merges chunks. */
export interface Writer {
  write(chunk: Part): void
  merge(stream: ReadableStream): void
}

interface Streaming {
  toUIMessageStream(options?: object): ReadableStream
  toUIMessageStreamResponse(options?: object): Response
  toTextStreamResponse(): Response
}

interface Module {
  streamText(options: object): Streaming
  createUIMessageStream(options: { execute(options: { writer: Writer }): void }): ReadableStream
  createUIMessageStreamResponse(options: { stream: ReadableStream }): Response
  simulateReadableStream(options: object): ReadableStream
  stepCountIs(count: number): unknown
  tool(definition: object): unknown
  parseJsonEventStream(options: object): ReadableStream<{ success: boolean; value: Part }>
  readUIMessageStream(options: object): AsyncIterable<ReadMessage>
  readonly uiMessageChunkSchema: unknown
}

type Model = new (options: { doStream(): Promise<{ stream: ReadableStream }> }) => object

/** One version of AI SDK. */
export interface AiSdkVersion {
  readonly name: string
  /** A stream of a model that answers with these parts, one list per step, and may call the tool `weather`. */
  stream(steps: readonly (readonly Part[])[], options?: StreamOptions): Streaming
  /** A response whose chunks are written by hand. */
  written(execute: (writer: Writer) => void): Response
  /** The message that the version's own reader makes of a body. */
  read(bytes: Uint8Array<ArrayBuffer>): Promise<ReadMessage | undefined>
  /** A file as a model of this version gives it. */
  file(mediaType: string, base64: string): Part
}

/** How a stream is to go. */
export interface StreamOptions {
  readonly weather?: (() => unknown) | undefined
  readonly abortSignal?: AbortSignal | undefined
  /** The tool asks before it runs; version 5 does not know of that. */
  readonly asks?: boolean | undefined
}

const usage = { inputTokens: 3, outputTokens: 10, totalTokens: 13 }
const laterUsage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 10, text: 10, reasoning: 0 },
}

/** The versions. */
export const VERSIONS: readonly AiSdkVersion[] = [
  version('5', ai5, MockLanguageModelV2, (reason) => ({ finishReason: reason, usage })),
  version('6', ai6, MockLanguageModelV3, (unified) => ({
    finishReason: { unified, raw: unified },
    usage: laterUsage,
  })),
  version('7', ai7, MockLanguageModelV4, (unified) => ({
    finishReason: { unified, raw: unified },
    usage: laterUsage,
  })),
]

function version(
  name: string,
  module: unknown,
  model: unknown,
  finish: (reason: string) => object,
): AiSdkVersion {
  const sdk = module as Module
  const MockModel = model as Model
  return {
    name: `AI SDK ${name}`,
    stream(steps, { weather = () => ({}), abortSignal, asks = false } = {}) {
      const rest = [...steps]
      const chunksOf = (parts: readonly Part[]): readonly object[] => [
        { type: 'stream-start', warnings: [] },
        ...parts,
        { type: 'finish', ...finish(rest.length > 0 ? 'tool-calls' : 'stop') },
      ]
      const mock = new MockModel({
        doStream: () =>
          Promise.resolve({
            stream: sdk.simulateReadableStream({
              chunks: chunksOf(rest.shift() ?? []),
              initialDelayInMs: null,
              chunkDelayInMs: null,
            }),
          }),
      })
      return sdk.streamText({
        model: mock,
        prompt: 'Hi',
        abortSignal,
        onError() {},
        stopWhen: sdk.stepCountIs(steps.length + 1),
        tools: {
          weather: sdk.tool({
            inputSchema: z.object({ city: z.string() }),
            needsApproval: asks,
            execute: async () => weather(),
          }),
        },
      })
    },
    written(execute) {
      const stream = sdk.createUIMessageStream({ execute: ({ writer }) => execute(writer) })
      return sdk.createUIMessageStreamResponse({ stream })
    },
    async read(bytes) {
      const parsed = sdk.parseJsonEventStream({
        stream: new Blob([bytes]).stream(),
        schema: sdk.uiMessageChunkSchema,
      })
      const chunks = parsed.pipeThrough(
        new TransformStream<{ success: boolean; value: Part }, Part>({
          transform({ success, value }, controller) {
            if (success) controller.enqueue(value)
          },
        }),
      )
      let last: ReadMessage | undefined
      for await (const message of sdk.readUIMessageStream({ stream: chunks, onError() {} })) {
        last = message
      }
      return last
    },
    file: (mediaType, base64) => ({
      type: 'file',
      mediaType,
      data: name === '7' ? { type: 'data', data: base64 } : base64,
    }),
  }
}
