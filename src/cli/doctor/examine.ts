// The examination: asks everything once, in an order that keeps one question from disturbing the next, and rates what
// came back.
import { createAsker } from './asker.ts'
import type { Answer, Asker } from './asker.ts'
import { rateClients, rateOutputBuffer } from './clients.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { evictionFacts, rateEviction } from './eviction.ts'
import type { ExamineOptions } from './examine-options.ts'
import { examineStream } from './examine-stream.ts'
import type { StreamExamination, StreamSummary } from './examine-stream.ts'
import { explained } from './explain.ts'
import { quantile } from './finding.ts'
import type { CheckId, Finding } from './finding.ts'
import { parseInfo } from './info.ts'
import type { Info } from './info.ts'
import { rateKeepalive } from './keepalive.ts'
import { rateLoad, rateSlowLog } from './load.ts'
import { rateMemory } from './memory.ts'
import { askPermissions, ratePermissions } from './permissions.ts'
import type { Permission } from './permissions.ts'
import { ratePersistence } from './persistence.ts'
import { rateRelayCommands } from './relay-commands.ts'
import { measureStaleness, rateReplicaReads, replicasIn } from './replica-reads.ts'
import type { Staleness } from './replica-reads.ts'
import { measureRoundTrips, rateConnect, rateRoundTrip } from './round-trip.ts'
import type { RoundTrips } from './round-trip.ts'
import { findRuns } from './runs.ts'
import type { FoundRuns } from './runs.ts'
import { rateRunTtl } from './run-ttl.ts'
import { rateServer } from './server.ts'
import { askServer } from './server-facts.ts'
import type { ServerFacts } from './server-facts.ts'
import { sampleStream } from './stream-sample.ts'
import type { StreamSample } from './stream-sample.ts'
import { reasonOf, unanswered } from './unanswered.ts'
import { hostOf, vendorOf } from './vendor.ts'
import { judge } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** All that was found. */
export interface Examination {
  readonly verdict: Verdict
  /** Worst first. */
  readonly checks: readonly Finding[]
  readonly stream: StreamSummary | null
  /** Commands sent, but for those of connecting and listening. */
  readonly commands: number
}

const SCANS = 40
const RUNS = 30
const LOAD_WINDOW_MS = 1000
const STALENESS_COMMANDS = 20

/**
 * Examines one server, and one stream in it.
 * @throws DoctorError when it cannot be asked or there is no such stream, the signal's reason
 */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const { url, signal, progress } = options
  progress('connecting')
  const connection = await openConnection(url, signal)
  const stop = (): void => connection.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const asker = createAsker(connection.send)
    const answers = await askAll(asker, connection, options)
    const checks = explained([...serverFindings(answers, options), ...streamFindings(answers)])
    const stream = answers.stream?.summary ?? null
    return { verdict: judge(checks, stream !== null), checks, stream, commands: asker.count() }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    connection.close()
  }
}

interface Answers {
  readonly facts: ServerFacts
  readonly laterInfo: Info
  readonly elapsedMs: number
  readonly trips: RoundTrips
  readonly connectsMs: readonly number[]
  readonly runs: FoundRuns
  readonly permissions: readonly Permission[]
  readonly staleness: Staleness
  readonly stream: StreamExamination | null
}

async function askAll(
  asker: Asker,
  connection: Connection,
  options: ExamineOptions,
): Promise<Answers> {
  const { url, streamId, names, signal, progress } = options
  const begun = performance.now()
  progress('asking the server')
  const facts = await askServer(asker)
  const sample = streamId === null ? null : await sampleStream(asker, streamId, names, facts.nowMs)
  progress('measuring round trips')
  const trips = await measureRoundTrips(asker)
  const again = await openConnection(url, signal)
  again.close()
  progress('looking for runs')
  const found = await findRuns(asker, { names, scans: SCANS, most: RUNS })
  const permissions = await askPermissions(asker, names)
  const staleness = await stalenessOf(asker, url, facts.info, signal)
  const stream = sample && (await examineStream(asker, sample, samplesOf(trips), options))
  await pause(LOAD_WINDOW_MS - (performance.now() - begun), signal)
  return {
    facts,
    laterInfo: infoOf(await asker.ask('INFO')),
    elapsedMs: performance.now() - begun,
    trips,
    connectsMs: [connection.tookMs, again.tookMs],
    runs: sample === null ? found : withRun(found, sample),
    permissions,
    staleness,
    stream,
  }
}

function serverFindings(answers: Answers, { url }: ExamineOptions): Finding[] {
  const { facts, laterInfo, trips, connectsMs, runs, stream } = answers
  const { info } = facts
  const p50 = quantile(trips.samples ?? connectsMs, 0.5)
  const or = (id: CheckId, finding: Finding | null): Finding =>
    finding ?? unanswered(id, reasonOf(id, facts))
  const eviction = evictionFacts(facts, laterInfo, shortestTtl(runs))
  return [
    trips.samples === null ? unanswered('round-trip', trips.missing) : rateRoundTrip(trips.samples),
    rateConnect(connectsMs, url.startsWith('rediss:')),
    rateServer(facts, url),
    or('eviction-policy', eviction && rateEviction(eviction)),
    or('memory', rateMemory(info)),
    or('persistence', ratePersistence(facts)),
    or('load', rateLoad(info, laterInfo, answers.elapsedMs)),
    or('slow-log', rateSlowLog(facts.slowLog, facts.nowMs)),
    or('clients', rateClients(facts)),
    or('output-buffer', rateOutputBuffer(facts)),
    or('keepalive', rateKeepalive(facts, p50, stream?.bytesPerS ?? null)),
    rateRunTtl(runs),
    ratePermissions(answers.permissions, facts),
    or('replica-reads', rateReplicaReads(info, answers.staleness)),
    rateRelayCommands(longestRun(runs), p50, vendorOf(info, hostOf(url)).name === 'Upstash'),
  ]
}

const streamFindings = ({ stream }: Answers): readonly Finding[] => stream?.findings ?? []

// The stream asked for is among the runs, whether the search came across it or not.
function withRun(found: FoundRuns, { run }: StreamSample): FoundRuns {
  if (found.runs.some(({ key }) => key === run.key)) return found
  return { ...found, runs: [run, ...found.runs], seen: Math.max(found.seen, found.runs.length + 1) }
}

const longestRun = ({ runs }: FoundRuns) => runs.toSorted((a, b) => b.events - a.events)[0] ?? null

function shortestTtl({ runs }: FoundRuns): number | null {
  const left = runs.map(({ ended, ttlMs }) => (ended ? Infinity : (ttlMs ?? Infinity)))
  const shortest = Math.min(...left, Infinity)
  return shortest === Infinity ? null : shortest
}

// Where a replica cannot be reached from here, as is the rule behind a proxy, that is the finding.
async function stalenessOf(
  asker: Asker,
  url: string,
  info: Info,
  signal: AbortSignal,
): Promise<Staleness> {
  const [replica] = replicasIn(info)
  if (replica === undefined) return null
  const at = new URL(url)
  at.hostname = replica.host
  at.port = String(replica.port)
  const connection = await openConnection(at.href, signal).catch(() => null)
  signal.throwIfAborted()
  if (connection === null) return null
  try {
    return await measureStaleness(asker, createAsker(connection.send, STALENESS_COMMANDS))
  } finally {
    connection.close()
  }
}

const samplesOf = ({ samples }: RoundTrips): readonly number[] => samples ?? []

const infoOf = (answer: Answer): Info =>
  answer.kind === 'answered' ? parseInfo(String(answer.reply)) : new Map<string, string>()

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
