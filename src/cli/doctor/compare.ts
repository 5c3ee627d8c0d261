// The same work on two servers, turn by turn, so that what both share cancels out: to swap the Redis is the experiment
// that settles whether Redis is what is slow. Reads only, on both.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { createAsker, replyOf } from './asker.ts'
import type { Asker } from './asker.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { DoctorError } from './doctor-error.ts'
import { quantile, rounded } from './finding.ts'

/** What to compare. */
export interface CompareOptions {
  readonly first: string
  readonly second: string
  /** A run to read where both have it. */
  readonly streamId: string | null
  readonly names: RedisNames
  readonly signal: AbortSignal
  readonly progress: (step: string) => void
}

/** One kind of work on both. */
export interface ComparedWork {
  readonly work: string
  /** Medians in ms. */
  readonly firstMs: number
  readonly secondMs: number
  /** Median of the pairs' ratios, second ÷ first, and the middle 80 % of them. */
  readonly ratio: number
  readonly low: number
  readonly high: number
}

/** All of it. */
export interface Comparison {
  readonly pairs: number
  readonly works: readonly ComparedWork[]
  readonly verdict: {
    readonly code: 'first-faster' | 'second-faster' | 'no-difference'
    readonly text: string
  }
}

const PAIRS = 9
const ECHO_BYTES = 16 * 1024
const PIPELINE = 20
const PAGE = '200'
/** What is less is not told from chance. */
const NOTABLE = 1.2

type Work = (server: Server) => Promise<unknown>

interface Server {
  readonly url: string
  readonly connection: Connection
  readonly asker: Asker
}

const LEFT_OUT = ' The stream does not lie in both alike: its reads are left out.'

/**
 * Compares; commands go to both alike, at most 300 each.
 * @throws DoctorError when either cannot be reached or neither has the stream, the signal's reason
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { first, second, signal, progress } = options
  const open: Connection[] = []
  const stop = (): void => open.forEach((connection) => connection.close())
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [one, two] = (await Promise.all(
      [first, second].map(async (url): Promise<Server> => {
        const connection = await openConnection(url, signal)
        open.push(connection)
        return { url, connection, asker: createAsker(connection.send, 300) }
      }),
    )) as [Server, Server]
    const range = await rangeOf(one, two, options)
    const works = worksOf(options, range)
    const compared: ComparedWork[] = []
    for (const [name, work] of works) {
      progress(`comparing: ${name}`)
      compared.push(await comparePairs(name, work, one, two))
    }
    const { code, text } = judgeComparison(compared)
    const leftOut = range === null && options.streamId !== null ? LEFT_OUT : ''
    return { pairs: PAIRS, works: compared, verdict: { code, text: text + leftOut } }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

function worksOf({ signal }: CompareOptions, range: readonly string[] | null): [string, Work][] {
  const text = 'x'.repeat(ECHO_BYTES)
  return [
    ['round trip', ({ asker }) => asker.ask('PING')],
    [
      `${PIPELINE} in a pipeline`,
      ({ asker }) => Promise.all(Array.from({ length: PIPELINE }, () => asker.ask('PING'))),
    ],
    ['16 kB there and back', ({ asker }) => asker.ask('ECHO', text)],
    ['a page of SCAN', ({ asker }) => asker.ask('SCAN', '0', 'COUNT', '100')],
    ...(range === null
      ? []
      : [
          [`${range[0]} of the stream`, ({ asker }: Server) => asker.ask(...range)] as [
            string,
            Work,
          ],
        ]),
    ['a new connection', async ({ url }) => (await openConnection(url, signal)).close()],
  ]
}

// A read that both can answer alike, or null.
async function rangeOf(
  one: Server,
  two: Server,
  { streamId, names }: CompareOptions,
): Promise<readonly string[] | null> {
  if (streamId === null) return null
  const [stream, list] = [nameOf(names.stream, streamId), nameOf(names.list, streamId)]
  const typesOf = (key: string): Promise<unknown[]> =>
    Promise.all([one, two].map(async ({ asker }) => replyOf(await asker.ask('TYPE', key))))
  const streams = (await typesOf(stream)).map((type) => type === 'stream')
  if (streams.every(Boolean)) return ['XRANGE', stream, '-', '+', 'COUNT', PAGE]
  const lists = (await typesOf(list)).map((type) => type === 'list')
  if (lists.every(Boolean)) return ['LRANGE', list, '0', String(Number(PAGE) - 1)]
  if (![...streams, ...lists].some(Boolean)) {
    throw new DoctorError(
      `there is no stream ${streamId} in either: neither ${stream} nor ${list} exists; --keys gives other names`,
    )
  }
  return null
}

async function comparePairs(
  work: string,
  run: Work,
  one: Server,
  two: Server,
): Promise<ComparedWork> {
  const pairs: (readonly [number, number])[] = []
  for (let n = 0; n <= PAIRS; n++) {
    const inTurn = n % 2 === 0
    const before = inTurn ? await timed(run, one) : await timed(run, two)
    const after = inTurn ? await timed(run, two) : await timed(run, one)
    if (n > 0) pairs.push(inTurn ? [before, after] : [after, before]) // the first one warms up
  }
  const ratios = pairs.map(([a, b]) => b / a)
  return {
    work,
    firstMs: rounded(
      quantile(
        pairs.map(([a]) => a),
        0.5,
      ),
    ),
    secondMs: rounded(
      quantile(
        pairs.map(([, b]) => b),
        0.5,
      ),
    ),
    ratio: brief(quantile(ratios, 0.5)),
    low: brief(quantile(ratios, 0.1)),
    high: brief(quantile(ratios, 0.9)),
  }
}

// Nobody reads 0.0037.
const ratioText = (ratio: number): string =>
  ratio < 0.1 ? `1/${Math.round(1 / ratio)}` : String(ratio)

const brief = (ratio: number): number => Number(ratio.toPrecision(2))

async function timed(run: Work, server: Server): Promise<number> {
  const begun = performance.now()
  await run(server)
  return performance.now() - begun
}

/** Says whether the swap would change anything: only what its whole range shows counts. */
export function judgeComparison(works: readonly ComparedWork[]): Comparison['verdict'] {
  const slower = works.filter(({ low }) => low > NOTABLE)
  const faster = works.filter(({ high }) => high < 1 / NOTABLE)
  const names = (list: readonly ComparedWork[]): string =>
    list.map(({ work, ratio }) => `${work} ${ratioText(ratio)} ×`).join(', ')
  if (slower.length > faster.length) {
    return {
      code: 'first-faster',
      text: `The first one is faster: on the second, ${names(slower)}.`,
    }
  }
  if (faster.length > 0 && faster.length > slower.length) {
    return {
      code: 'second-faster',
      text: `The second one is faster: there, ${names(faster)}.`,
    }
  }
  return {
    code: 'no-difference',
    text: 'Nothing that is told from chance: to swap one for the other changes nothing that could be measured here.',
  }
}

/** The lines of a comparison, in 80 columns. */
export function comparisonReport(
  { works, pairs, verdict }: Comparison,
  shown: readonly [string, string],
): string[] {
  const row = (name: string, ...cells: readonly string[]): string =>
    `  ${name.padEnd(22)}${cells.map((cell) => cell.padStart(14)).join('')}`
  return [
    `first:  ${shown[0]}`,
    `second: ${shown[1]}`,
    '',
    row('medians, ms', 'first', 'second', '2nd ÷ 1st', 'range'),
    ...works.map(({ work, firstMs, secondMs, ratio, low, high }) =>
      row(
        work,
        String(firstMs),
        String(secondMs),
        ratioText(ratio),
        `${ratioText(low)}–${ratioText(high)}`,
      ),
    ),
    '',
    `Of ${pairs} pairs, in turn, the first of all dropped; ranges hold the middle 80 %.`,
    `Verdict [${verdict.code}]:`,
    ...wrapped(verdict.text),
  ]
}

function wrapped(text: string): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > 80) return [...lines, word]
    return [...lines.slice(0, -1), `${last} ${word}`]
  }, [])
}
