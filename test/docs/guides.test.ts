// Every guide shows code that runs: its blocks stand in the files of test/guides, which tests import.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { blocksWithoutExample, codeBlocks, readExamples } from '../support/guide-code.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guides = globSync('*.md', { cwd: `${root}/docs/guides` }).map((file) =>
  file.replace('.md', ''),
)

describe('guides', () => {
  it.each([
    ...guides.map((guide) => [`docs/guides/${guide}.md`, guide]),
    ['README.md', 'readme'],
    ['docs/security.md', 'security'],
  ])('%s shows only code that runs', (page = '', folder = '') => {
    const markdown = readFileSync(`${root}/${page}`, 'utf8')
    const examples = readExamples(`${root}/test/guides/${folder}`)
    expect(codeBlocks(markdown)).not.toEqual([])
    expect(blocksWithoutExample(markdown, examples)).toEqual([])
  })

  it('are all in the index', () => {
    const index = readFileSync(`${root}/docs/README.md`, 'utf8')
    for (const guide of guides) expect(index).toContain(`(guides/${guide}.md)`)
  })
})

describe('the check itself', () => {
  const page = 'Text.\n\n```ts\nconst a = 1\n\nb(a)\n```\n\n```sh\nls\n```\n\n```tsx\n<p />\n```\n'

  it('finds TypeScript and nothing else', () => {
    expect(codeBlocks(page)).toEqual(['const a = 1\n\nb(a)', '<p />'])
  })

  it.each([
    ['as it is', 'x()\nconst a = 1\n\nb(a)\n', []],
    ['indented', '{\n  const a = 1\n\n  b(a)\n}\n', []],
    ['with another line in between', 'const a = 1\nc()\nb(a)\n', ['const a = 1\n\nb(a)']],
    ['as a part of longer lines', 'const a = 1\n\nb(a).c\n', ['const a = 1\n\nb(a)']],
    ['indented unevenly', '  const a = 1\n\nb(a)\n', ['const a = 1\n\nb(a)']],
  ])('compares whole lines: %s', (_how, example, missing) => {
    expect(blocksWithoutExample(page, [example, '<p />'])).toEqual(missing)
  })
})
