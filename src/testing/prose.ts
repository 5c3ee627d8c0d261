// Plain sentences for the synthetic agent, to an exact length, and the slicing of text into deltas.
// Lengths are code points, so that no slice by them can cut an emoji's surrogates apart.
import type { SeededRandom } from './seeded-random.ts'

const SUBJECTS = [
  'The writer',
  'The relay',
  'Each event',
  'A hidden tab',
  'The naïve reader',
  'This café log',
  'The browser',
  'A slow viewer',
  'The scheduler',
  'One long frame',
  'The model',
  'Redis',
] as const
const VERBS = [
  'waits for',
  'measures',
  'delays',
  'wakes',
  'fills',
  'reads',
  'overtakes',
  'explains',
  'hides',
  'outlives',
  'competes with',
  'depends on',
] as const
const OBJECTS = [
  'the next paint',
  'its own queue',
  'every reader',
  'the last cursor',
  'a full buffer',
  'the network',
  'the render budget',
  'the main thread',
  'the 漢字 table',
  'one small chunk',
] as const
const ENDINGS = [
  '',
  '',
  ' again',
  ' at once',
  ' for 12 ms',
  ' under load',
  ' (see below)',
  ' 🙂',
] as const

// One word of every length from 1 to 14: a text ends with the word for which there is room.
const FITTING = [
  '',
  'a',
  'ok',
  'new',
  'calm',
  'quick',
  'stable',
  'settled',
  'complete',
  'confirmed',
]
FITTING.push('consistent', 'predictable', 'well-behaved', 'uninterrupted', 'self-regulated')
const TRAITS = ['fluid', 'steady', 'bounded', 'ordered', 'honest', 'resumable', 'measured'] as const

const OPENING = 'Voilà 漢 🚀 '
const OPENING_LENGTH = 10

/** Texts of this length and more hold an accent, a CJK character and an emoji. */
export const SENTENCES_MIN = 12

/** Number of code points. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Cuts text into pieces of `size` code points; the last may be shorter. */
export function slicesOf(text: string, size: number): string[] {
  const slices: string[] = []
  let slice = ''
  let length = 0
  for (const char of text) {
    slice += char
    if (++length < size) continue
    slices.push(slice)
    slice = ''
    length = 0
  }
  if (slice !== '') slices.push(slice)
  return slices
}

/** Sentences of exactly `length` code points. */
export function sentences(random: SeededRandom, length: number): string {
  if (length < SENTENCES_MIN) return closing(random, length)
  let text = OPENING
  let rest = length - OPENING_LENGTH
  for (;;) {
    const next = `${sentence(random)}. `
    const taken = lengthOf(next)
    if (taken > rest - 2) return text + closing(random, rest)
    text += next
    rest -= taken
  }
}

/** One sentence of any length, without its full stop. */
export function sentence(random: SeededRandom): string {
  const [subject, verb] = [random.pick(SUBJECTS), random.pick(VERBS)]
  return `${subject} ${verb} ${random.pick(OBJECTS)}${random.pick(ENDINGS)}`
}

// A list of traits can be of any length, so it takes what room whole sentences leave.
function closing(random: SeededRandom, length: number): string {
  let text = ''
  let rest = length
  while (rest > FITTING.length) {
    const trait = random.pick(TRAITS)
    if (trait.length + 2 > rest - 2) continue
    text += `${trait}, `
    rest -= trait.length + 2
  }
  return rest > 0 ? `${text}${FITTING[rest - 1] ?? ''}.` : text
}
