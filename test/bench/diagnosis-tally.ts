// What came out of the bench of verdicts: counts, the matrix of what was put in against what was said, and how often each
// degree of confidence was right. Pure.
import type { VerdictKind } from '../../src/metrics/index.ts'

/** What one run came to. */
export interface Outcome {
  /** Row of the matrix. */
  readonly name: string
  readonly right: readonly VerdictKind[]
  readonly isKnowable: boolean
  readonly kind: VerdictKind
  readonly confidence: number
}

/** The last line of `--json`. */
export interface Tally {
  readonly runs: number
  readonly right: number
  /** Wrong, and 0.8 or more sure of it. */
  readonly confidentlyWrong: number
  /** `unknown` where stamps exist that tell, or none are needed. */
  readonly unknown: number
  readonly matrix: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** How often verdicts of some confidence were right. */
export interface ReliabilityBin {
  readonly from: number
  readonly below: number
  readonly right: number
  readonly wrong: number
}

const SURE = 0.8
const EDGES = [0, 0.3, 0.5, SURE, 1]

/** True where the verdict is one of those that may be given. */
export const isRight = ({ right, kind }: Outcome): boolean => right.includes(kind)

/** Counts. */
export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const matrix: Record<string, Record<string, number>> = {}
  for (const { name, kind } of outcomes) {
    const row = (matrix[name] ??= {})
    row[kind] = (row[kind] ?? 0) + 1
  }
  const count = (which: (one: Outcome) => boolean): number => outcomes.filter(which).length
  return {
    runs: outcomes.length,
    right: count(isRight),
    confidentlyWrong: count((one) => !isRight(one) && one.confidence >= SURE),
    unknown: count(({ kind, isKnowable }) => kind === 'unknown' && isKnowable),
    matrix,
  }
}

/** Bins of confidence. `unknown` claims nothing and is in none. */
export function reliabilityOf(outcomes: readonly Outcome[]): readonly ReliabilityBin[] {
  return EDGES.slice(1).map((below, index) => {
    const from = EDGES[index] ?? 0
    const isLast = below === EDGES.at(-1)
    const inside = outcomes.filter(
      ({ kind, confidence }) =>
        kind !== 'unknown' && confidence >= from && (isLast || confidence < below),
    )
    const right = inside.filter(isRight).length
    return { from, below, right, wrong: inside.length - right }
  })
}

/** Both as Markdown. */
export function tablesOf(outcomes: readonly Outcome[]): string {
  const { runs, right, confidentlyWrong, unknown, matrix } = tallyOf(outcomes)
  const percent = runs === 0 ? 0 : (100 * right) / runs
  const said = Object.entries(matrix).map(([name, row]) => {
    const allowed = new Set(outcomes.find((one) => one.name === name)?.right)
    const kinds = Object.entries(row).toSorted(([, one], [, other]) => other - one)
    const words = kinds.map(([kind, count]) => {
      const text = `${kind} ${count}`
      // What two faults at once may be called differs from run to run.
      return name === 'two at once' || allowed.has(kind as VerdictKind) ? text : `**${text}**`
    })
    return `| ${name} | ${words.join(', ')} |`
  })
  const bins = reliabilityOf(outcomes).map(
    (bin) => `| ${bin.from} to ${bin.below} | ${bin.right} | ${bin.wrong} |`,
  )
  return [
    `${runs} runs, ${right} right (${percent.toFixed(1)} %), ${confidentlyWrong} wrong with a confidence of ${SURE} and more, ${unknown} \`unknown\` where it could be known.`,
    '',
    '| what was put in | what was said, and how often |',
    '|---|---|',
    ...said,
    '',
    '| confidence | right | wrong |',
    '|---|---|---|',
    ...bins,
  ].join('\n')
}
