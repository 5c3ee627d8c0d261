// The examination of one run: a sample of its events, its reads, and, while it goes on, a few seconds of listening.
import type { Asker } from './asker.ts'
import { rateChunkSize, rateWireOverhead } from './chunk-size.ts'
import { rateEventGap, rateEventRate, rateFirstChunk } from './event-pace.ts'
import type { PaceFacts } from './event-pace.ts'
import type { ExamineOptions } from './examine-options.ts'
import { quantile } from './finding.ts'
import type { Finding } from './finding.ts'
import { listen } from './listen.ts'
import type { Heard } from './listen.ts'
import { measureRangeReads, rateRangeRead } from './range-read.ts'
import type { RangeFacts } from './range-read.ts'
import type { Layout } from './runs.ts'
import { readFacts } from './stream-facts.ts'
import type { StreamFacts } from './stream-facts.ts'
import type { StreamSample } from './stream-sample.ts'
import { rateTerminalEvent } from './terminal-event.ts'
import { rateWriterRoundTrips } from './writer-round-trips.ts'

/** What is shown of the stream beside its checks. */
export interface StreamSummary {
  readonly id: string
  readonly key: string
  readonly layout: Layout
  readonly protocol: string
  readonly events: number
  readonly sampledEvents: number
  readonly ended: boolean
  readonly ttlMs: number | null
  readonly bytes: number | null
  /** Where times come from: `entry ids`, `listening`, or null. */
  readonly times: PaceFacts['source']
  /** Reads less the round trip, in ms. */
  readonly reads: RangeFacts['reads']
}

/** What was found. */
export interface StreamExamination {
  readonly summary: StreamSummary
  readonly findings: readonly Finding[]
  /** Bytes a second on the wire, where times are known. */
  readonly bytesPerS: number | null
}

/** Examines. */
export async function examineStream(
  asker: Asker,
  sample: StreamSample,
  roundTripsMs: readonly number[],
  options: ExamineOptions,
): Promise<StreamExamination> {
  const { url, names, signal, progress, writerRttMs } = options
  const { run } = sample
  const facts = readFacts(sample)
  progress('timing reads of the stream')
  const ranges = await measureRangeReads(asker, sample, names.field, roundTripsMs)
  if (!run.ended) progress('listening to the run for up to 5 s')
  const heard = run.ended ? null : await listen({ url, run, names, signal })
  const pace = paceOf(facts, heard)
  const peak = Math.max(0, ...pace.perSecond)
  return {
    summary: {
      id: run.id,
      key: run.key,
      layout: run.layout,
      protocol: facts.protocol,
      events: run.events,
      sampledEvents: facts.events,
      ended: run.ended,
      ttlMs: run.ttlMs,
      bytes: run.bytes,
      times: pace.source,
      reads: ranges.reads,
    },
    findings: [
      rateChunkSize(facts),
      rateEventRate(pace),
      rateEventGap(pace),
      rateFirstChunk(pace),
      rateWireOverhead(facts),
      rateRangeRead(ranges),
      rateTerminalEvent(sample),
      rateWriterRoundTrips({
        heard,
        gapsMs: facts.gapsMs,
        roundTripMs: quantile(roundTripsMs, 0.5),
        writerRttMs,
        ended: run.ended,
      }),
    ],
    bytesPerS: pace.source === null ? null : (peak * facts.bytes) / Math.max(1, facts.events),
  }
}

/** A stream's own times, or, of a list, those at which its changes were heard. */
export function paceOf(facts: StreamFacts, heard: Heard | null): PaceFacts {
  const { gapsMs, perSecond, firstChunkMs } = facts
  if (perSecond.length > 0) return { gapsMs, perSecond, firstChunkMs, source: 'entry ids' }
  const writes = heard?.writesMs ?? []
  const [first, last] = [writes[0], writes.at(-1)]
  if (first === undefined || last === undefined || last === first) {
    return { gapsMs: [], perSecond: [], firstChunkMs: null, source: null }
  }
  const rate = Math.round(((writes.length - 1) * 1000) / (last - first))
  return {
    gapsMs: writes.slice(1).map((at, index) => at - (writes[index] ?? at)),
    perSecond: [rate],
    firstChunkMs: null,
    source: 'listening',
  }
}
