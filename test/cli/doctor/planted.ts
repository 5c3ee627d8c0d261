// Runs to be examined: one without any trouble, and ways to plant one.
import { createClient } from '@redis/client'
import { sunaNames } from '../../../src/wire/redis-names.ts'
import { examine } from '../../../src/cli/doctor/examine.ts'
import type { Examination } from '../../../src/cli/doctor/examine.ts'
import type { ExamineOptions } from '../../../src/cli/doctor/examine-options.ts'
import { report } from '../../../src/cli/doctor/report.ts'

export const connected = (url: string) =>
  createClient({ url })
    .on('error', () => {})
    .connect()

export type TestClient = Awaited<ReturnType<typeof connected>>

export const chunk = (delta: string): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })
export const FINISHED = JSON.stringify({ type: 'RUN_FINISHED' })

/** What a run is made of. */
export interface Planted {
  readonly chars?: number
  readonly events?: number
  /** 0 for none. */
  readonly ttlS?: number
  readonly ended?: boolean
}

/** A stream of 25 events/s that has just ended. */
export async function plantStream(
  client: TestClient,
  id: string,
  { chars = 16, events = 100, ttlS = 3600, ended = true }: Planted = {},
): Promise<void> {
  const key = `agent_run:${id}:stream`
  const start = Date.now() - events * 40
  for (let n = 0; n < events; n++) {
    const data = ended && n === events - 1 ? FINISHED : chunk('x'.repeat(chars))
    await client.xAdd(key, `${start + n * 40}-0`, { data })
  }
  if (ttlS > 0) await client.expire(key, ttlS)
}

/** A list, written in handfuls. */
export async function plantList(
  client: TestClient,
  id: string,
  { chars = 16, events = 100, ttlS = 3600, ended = true }: Planted = {},
): Promise<void> {
  const key = `agent_run:${id}:responses`
  const payload = chunk('x'.repeat(chars))
  for (let n = 0; n < events; n += 500) {
    await client.rPush(
      key,
      Array.from({ length: Math.min(500, events - n) }, () => payload),
    )
  }
  if (ended) await client.rPush(key, FINISHED)
  if (ttlS > 0) await client.expire(key, ttlS)
}

/** Writes until Redis refuses, or has begun to drop keys. */
export async function fill(client: TestClient, ttlS = 0): Promise<void> {
  const value = 'x'.repeat(2000)
  for (let n = 0; n < 10_000; n++) {
    const written = await client
      .set(`filler:${n}`, value, ttlS > 0 ? { EX: ttlS } : {})
      .catch(() => null)
    if (written === null) return
    if (n % 50 === 0 && /evicted_keys:[1-9]/.test(await client.info('stats'))) return
  }
  throw new Error('there is still room')
}

export interface Diagnosis {
  /** The first check. */
  readonly first: string
  readonly poor: readonly string[]
  readonly code: string
  /** The first check of the table that people see. */
  readonly shown: string
  readonly examination: Examination
}

/** Examines as the command does, and reads both forms of the answer. */
export async function diagnose(
  url: string,
  streamId: string | null = null,
  more: Partial<ExamineOptions> = {},
): Promise<Diagnosis> {
  const examination = await examine({
    url,
    streamId,
    names: sunaNames,
    writerRttMs: null,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  })
  const { checks, verdict } = JSON.parse(JSON.stringify(examination)) as Examination
  const lines = report(examination, { title: 'doctor', colours: false })
  const row = lines.find((line) => line.startsWith('  ')) ?? ''
  return {
    first: checks[0]?.id ?? '',
    poor: checks.filter(({ rating }) => rating === 'poor').map(({ id }) => id),
    code: verdict.code,
    shown: row.trim().split(/\s+/)[1] ?? '',
    examination,
  }
}
