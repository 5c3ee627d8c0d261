// What a run's events are made of: which of them bring text, how much each, and when. Read with the very decoders that
// the browser has.
import { agUi, aiSdk, json, openAi, suna, text } from '../../protocols/index.ts'
import type { Protocol } from '../../protocols/index.ts'
import { fittingProtocol } from '../../protocols/fit.ts'
import type { ProtocolCall } from '../../protocols/fit.ts'
import type { SampledEvent, StreamSample } from './stream-sample.ts'

/** A piece of text or reasoning. */
export interface Chunk {
  readonly chars: number
  readonly ms: number | null
}

/** What was found in the sample. */
export interface StreamFacts {
  readonly protocol: string
  readonly events: number
  /** Of all payloads together. */
  readonly bytes: number
  readonly chunks: readonly Chunk[]
  readonly chars: number
  /** Bytes of the events that bring text. */
  readonly chunkBytes: number
  /** Between two chunks that follow each other, in ms; empty where entries have no times. */
  readonly gapsMs: readonly number[]
  /** Events in each second in which there were any; empty likewise. */
  readonly perSecond: readonly number[]
  /** From the run's first event to its first chunk, in ms; null where it is not known. */
  readonly firstChunkMs: number | null
}

const PROTOCOLS: Readonly<Record<ProtocolCall, () => Protocol>> = {
  agUi: () => agUi,
  'suna()': suna,
  'aiSdk()': aiSdk,
  'openAi()': openAi,
  'text()': text,
  'json()': () => json(),
}

/** Reads the sample. */
export function readFacts({ segments, isTrimmed }: StreamSample): StreamFacts {
  const all = segments.flat()
  const protocol = protocolOf(all.map(({ data }) => data))
  const read = segments.map((segment) => chunksOf(segment, protocol))
  const chunks = read.flatMap((segment) => segment.chunks)
  const firstMs = all[0]?.ms ?? null
  const firstChunk = read[0]?.chunks[0]?.ms ?? null
  return {
    protocol: protocol.name,
    events: all.length,
    bytes: all.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0),
    chunks,
    chars: chunks.reduce((sum, chunk) => sum + chunk.chars, 0),
    chunkBytes: read.reduce((sum, segment) => sum + segment.bytes, 0),
    gapsMs: read.flatMap((segment) => gapsOf(segment.chunks)),
    perSecond: perSecond(all),
    firstChunkMs:
      isTrimmed || firstMs === null || firstChunk === null ? null : firstChunk - firstMs,
  }
}

/** Counts the characters of text in payloads that follow each other; 0 for those that bring none. */
export function createCharCounter(sample: readonly string[]): (data: string) => number {
  const protocol = protocolOf(sample)
  const memory = protocol.start?.(0)
  return (data) => charsOf(data, protocol, memory)
}

function protocolOf(payloads: readonly string[]): Protocol {
  const call = payloads
    .slice(0, 20)
    .map(fittingProtocol)
    .find((fits) => fits !== null && fits !== 'json()')
  return PROTOCOLS[call ?? 'json()']()
}

interface Read {
  readonly chunks: readonly Chunk[]
  readonly bytes: number
}

function chunksOf(events: readonly SampledEvent[], protocol: Protocol): Read {
  const memory = protocol.start?.(0)
  const chunks: Chunk[] = []
  let bytes = 0
  for (const { data, ms } of events) {
    const chars = charsOf(data, protocol, memory)
    if (chars === 0) continue
    chunks.push({ chars, ms })
    bytes += Buffer.byteLength(data)
  }
  return { chunks, bytes }
}

function charsOf(data: string, protocol: Protocol, memory: unknown): number {
  try {
    const decoded = protocol.decode({ event: 'message', id: undefined, data }, memory)
    if (decoded.kind !== 'events') return 0
    return decoded.events.reduce((sum, event) => {
      const isText =
        event.type === 'TEXT_MESSAGE_CONTENT' || event.type === 'REASONING_MESSAGE_CONTENT'
      return isText ? sum + event.delta.length : sum
    }, 0)
  } catch {
    return 0 // malformed: it brings no text
  }
}

function gapsOf(chunks: readonly Chunk[]): number[] {
  return chunks.slice(1).flatMap(({ ms }, at) => {
    const before = chunks[at]?.ms
    return ms === null || before === null || before === undefined ? [] : [ms - before]
  })
}

function perSecond(events: readonly SampledEvent[]): number[] {
  const counts = new Map<number, number>()
  for (const { ms } of events) {
    if (ms === null) continue
    const second = Math.floor(ms / 1000)
    counts.set(second, (counts.get(second) ?? 0) + 1)
  }
  return [...counts.values()]
}
