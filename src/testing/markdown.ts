// Markdown for the synthetic agent: every kind of block that a chat renders, to an exact length.
import { lengthOf, sentence, sentences, SENTENCES_MIN } from './prose.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Markdown of exactly `length` code points: whole blocks, then a closing paragraph that fits. */
export function markdown(random: SeededRandom, length: number): string {
  let text = ''
  let rest = length
  for (let turn = 0; ; turn++) {
    const block = (BLOCKS[turn % BLOCKS.length] ?? paragraph)(random)
    const taken = lengthOf(block)
    if (taken + SENTENCES_MIN > rest) return text + sentences(random, rest)
    text += block
    rest -= taken
  }
}

const heading = (random: SeededRandom): string =>
  `${random.pick(['##', '###'])} ${random.pick(['Findings ☕', 'Évaluation', '計測 and causes', 'Next steps'])}\n\n`

const paragraph = (random: SeededRandom): string =>
  `${sentence(random)}. **${sentence(random)}**, while \`flush()\` waits. ${sentence(random)}: _${sentence(random)}_.\n\n`

const bullets = (random: SeededRandom): string =>
  `- **Read**: ${sentence(random)}\n- _Parse_: ${sentence(random)} 👩‍💻\n- Paint: ${sentence(random)}\n\n`

const steps = (random: SeededRandom): string =>
  `1. ${sentence(random)}\n2. ${sentence(random)}\n3. ${sentence(random)} 🎉\n\n`

const table = (random: SeededRandom): string =>
  `| Stage | p50 | p95 |\n| --- | ---: | ---: |\n${['Redis', '中継', 'Paint'].map((name) => row(random, name)).join('')}\n`

const row = (random: SeededRandom, name: string): string =>
  `| ${name} | ${1 + random.below(9)} ms | ${10 + random.below(90)} ms |\n`

const code = (random: SeededRandom): string => `\`\`\`ts
// ${sentence(random)}
export function drain(queue: Event[], budgetMs = ${1 + random.below(16)}): number {
  const batch = queue.splice(0, ${10 * (1 + random.below(20))})
  return batch.reduce((sum, { delta }) => sum + delta.length, 0) // naïve, 但 enough
}
\`\`\`

`

const BLOCKS: readonly ((random: SeededRandom) => string)[] = [
  heading,
  paragraph,
  bullets,
  table,
  paragraph,
  code,
  steps,
  paragraph,
]
