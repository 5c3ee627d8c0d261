// What a meter says of a stream that is watched from outside, less what cannot be known from there.
import type { Diagnosis, MeterSnapshot, Stage, Verdict } from '../metrics/index.ts'

// Others' work may be the stream's own, put off by a timer: nobody outside can be sure.
const MOST_SURE_OF_OTHERS = 0.7
const PUT_OFF = 'What the application puts off by a timer or a transition looks like others’ work.'

const inferred = (stage: Stage | null): Stage | null => stage && { ...stage, source: 'inferred' }

/**
 * Handlers are timed as a whole: what draws is `react`, whichever framework does it, and the rest `parse`. Neither a wait
 * of the application's own nor its reducer can be seen.
 */
export function seenFromOutside(snapshot: MeterSnapshot, isText: boolean): MeterSnapshot {
  const { stages, missing } = snapshot
  return {
    ...snapshot,
    charsPerEvent: isText ? snapshot.charsPerEvent : null,
    stages: {
      ...stages,
      parse: inferred(stages.reduce),
      queue: null,
      reduce: null,
      react: inferred(stages.react),
    },
    missing: [
      ...missing.filter((line) => !/^(?:parse|queue|reduce):/.test(line)),
      ...(stages.reduce === null ? ['parse: nothing was delivered'] : []),
      'queue: the application’s own wait cannot be seen from outside',
      'reduce: part of parse, which is all of the handlers that does not draw',
    ],
  }
}

/** No more sure than somebody outside can be. */
export function diagnosedFromOutside(diagnosis: Diagnosis): Diagnosis {
  return {
    ...diagnosis,
    verdict: lessSure(diagnosis.verdict),
    verdicts: diagnosis.verdicts.map(lessSure),
  }
}

function lessSure(verdict: Verdict): Verdict {
  if (verdict.kind !== 'other-script-bound') return verdict
  const confidence = Math.min(verdict.confidence, MOST_SURE_OF_OTHERS)
  return { ...verdict, confidence, note: PUT_OFF }
}
