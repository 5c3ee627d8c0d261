// The verdict: what, how much, how sure, what to do, what that gains, and the numbers it rests on. Told aloud once when
// its kind changes, and never for a number.
import type { Diagnosis, Gain, Verdict } from '../metrics/index.ts'
import { make, say, sayLines } from './dom.ts'
import { evidenceWords, percent } from './words.ts'

/** A verdict on the panel. */
export interface VerdictView {
  readonly element: HTMLElement
  write(diagnosis: Diagnosis): void
  /** There is no meter: says how to add one. */
  writeNoMeter(): void
}

const FEW = 3
const NO_METER = 'No meter: counts alone. Make the stream with one to see where its time goes:'
const HOW =
  "import { createMeter } from 'framewise/metrics'\ncreateAgentStream({ …, metrics: createMeter })"

/** Makes an empty view. */
export function createVerdictView(): VerdictView {
  const [kind, sure] = [make('strong', 'kind'), make('span', 'sure')]
  const [note, advice, gain] = [make('p', 'note'), make('p', 'advice'), make('p', 'gain')]
  const [evidence, missing] = [make('ul', 'evidence'), make('ul', 'missing')]
  const experiment = make('pre', 'experiment')
  experiment.tabIndex = 0
  const details = make('details', '', make('summary', '', 'The experiment that would tell'))
  details.append(experiment)
  const lacking = make('details', 'lacking', make('summary', '', 'What is missing'), missing)
  const aloud = make('p', 'aloud')
  aloud.setAttribute('role', 'status')
  const head = make('p', 'head', kind, sure)
  const element = make('section', 'verdict', head, note, advice, gain, evidence, lacking, details)
  element.append(aloud)
  const tell = (target: HTMLElement, words: string): void => {
    say(target, words)
    target.hidden = words === ''
  }
  const tellExperiment = (words: string): void => {
    say(experiment, words)
    details.hidden = words === ''
  }
  // Few lines are shown at once, and whoever opens or shuts them is not overruled while they stay as many.
  const tellMissing = (lines: readonly string[]): void => {
    if (lines.length !== missing.children.length) lacking.open = lines.length <= FEW
    sayLines(missing, lines)
    lacking.hidden = lines.length === 0
  }
  return {
    element,
    write({ verdict }) {
      const { kind: name } = verdict
      element.dataset['kind'] = name === 'healthy' || name === 'unknown' ? name : 'bound'
      say(kind, name)
      say(sure, surenessOf(verdict))
      tell(note, verdict.note ?? '')
      tell(advice, verdict.advice)
      tell(gain, gainWords(verdict.gain))
      sayLines(evidence, verdict.evidence.map(evidenceWords))
      tellMissing(verdict.missing ?? [])
      tellExperiment(verdict.experiment ?? '')
      const words = `Verdict: ${name}.`
      if (!aloud.textContent.startsWith(words)) say(aloud, `${words} ${verdict.advice}`)
    },
    writeNoMeter() {
      element.dataset['kind'] = 'unknown'
      say(kind, 'no meter')
      tell(advice, NO_METER)
      for (const rest of [note, gain, evidence, lacking]) rest.hidden = true
      tellExperiment(HOW)
      details.open = true
      say(details.firstElementChild ?? details, 'How')
    },
  }
}

function surenessOf({ kind, share, confidence }: Verdict): string {
  if (kind === 'unknown') return ''
  const sure = `confidence ${confidence.toFixed(2)}`
  return kind === 'healthy' ? sure : `${percent(share)} · ${sure}`
}

const gainWords = (gain: Gain | null): string => (gain === null ? '' : `Gain: ${gain.text}.`)
