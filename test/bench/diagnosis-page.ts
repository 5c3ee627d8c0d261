// The page of docs that the bench of verdicts writes: a section for each way to run it, replaced one by one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Sections, in their order. */
export const SECTIONS = ['The matrix', 'The smallest that is found', 'The field note'] as const

/** One of them. */
export type Section = (typeof SECTIONS)[number]

const PAGE = fileURLToPath(new URL('../../docs/diagnosis-matrix.md', import.meta.url))
const HEAD = `# Whether the verdicts are right

Written by \`npm run bench:diagnosis -- --write\`, from real runs on a machine with two cores and a browser that draws without a GPU. What is
put in and how: [what a stream is bound by](diagnosis.md#whether-it-is-right).
`
const WORDS: Readonly<Record<Section, string>> = {
  'The matrix':
    'Bold is what may not be said. `unknown` claims nothing and is in no row of confidence.',
  'The smallest that is found':
    'From full strength each fault is halved until the verdict is another, in the stream layout, once.',
  'The field note':
    'Tiny chunks that are rendered one by one, and a writer that awaits a Redis 155 ms away: the guess of [the field note](field-note.md)\nis right of the one and wrong of the other. Medians of three rounds; what was not advised is done, too. Below,\nwhat the lab makes of the first seconds of each: all that can be told from the page.',
}

/** A page with a section put in place of its old self. */
export function withSection(page: string, section: Section, body: string): string {
  const kept = (one: Section): string => {
    const [, after = ''] = page.split(`\n## ${one}\n`)
    return after.split('\n## ')[0]?.trim() ?? ''
  }
  const texts = SECTIONS.map((one) => {
    const text = one === section ? `${WORDS[one]}\n\n${body.trim()}` : kept(one)
    return text === '' ? '' : `\n## ${one}\n\n${text}\n`
  })
  return HEAD + texts.join('')
}

/** Writes a section. */
export function writeSection(section: Section, body: string): void {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : ''
  writeFileSync(PAGE, withSection(page, section, body))
}
