// What a panel's stream is bound by, in one line. A text node that changes, outside of React; not announced, for numbers
// that change four times a second are no news to listen to.
import { diagnose, type Diagnosis, type MeterSnapshot, type Verdict } from 'framewise/metrics'

/** Writes verdicts into an element. */
export interface VerdictLine {
  /** @param snapshot null forgets what was before */
  write(snapshot: MeterSnapshot | null): void
}

/** Makes the line of one panel. */
export function createVerdictLine(element: HTMLElement): VerdictLine {
  let last: Diagnosis | undefined
  return {
    write(snapshot) {
      last = snapshot === null ? undefined : diagnose(snapshot, last)
      const words = last === undefined ? 'Verdict: –' : wordsOf(last.verdict)
      if (element.textContent !== words) element.textContent = words
    },
  }
}

/** A verdict in words: what, how much, how sure, and what to do. */
export function wordsOf({ kind, share, confidence, advice, note, gain }: Verdict): string {
  if (kind === 'unknown') return `Verdict: unknown. ${note ?? advice}`
  const sure = `confidence ${confidence.toFixed(2)}`
  if (kind === 'healthy') return sentence(`Verdict: healthy, ${sure}.`, note, note && advice)
  const gained = gain === null ? undefined : `Gain: ${gain.text}.`
  return sentence(`Verdict: ${kind} ${Math.round(share * 100)} %, ${sure}.`, advice, gained)
}

const sentence = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' ')
