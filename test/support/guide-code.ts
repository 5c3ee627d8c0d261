// What holds a guide to code that runs: every block of TypeScript in it stands in a file that a test imports.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Blocks of `ts` and `tsx` in a page of Markdown, in order, without their fences. */
export function codeBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```tsx?\n([^]*?)^```$/gm)].map(([, code = '']) => code.trimEnd())
}

/**
 * Blocks of a guide that stand in none of its example files. A block stands in a file that contains its lines one
 * after the other, however far they are indented there as a whole.
 */
export function blocksWithoutExample(markdown: string, examples: readonly string[]): string[] {
  return codeBlocks(markdown).filter((block) => !examples.some((code) => contains(code, block)))
}

/** Texts of the example files of a guide, its tests among them. Throws when there are none. */
export function readExamples(folder: string): string[] {
  const files = globSync('*.{ts,tsx}', { cwd: folder })
  if (files.length === 0) throw new Error(`no examples in ${folder}`)
  return files.map((file) => readFileSync(join(folder, file), 'utf8'))
}

function contains(code: string, block: string): boolean {
  const [first = ''] = block.split('\n')
  return code.split('\n').some((line) => {
    if (!line.endsWith(first)) return false
    const indent = line.slice(0, line.length - first.length)
    if (indent.trim() !== '') return false
    const indented = block.replace(/^(?=.)/gm, indent)
    return `\n${code}\n`.includes(`\n${indented}\n`)
  })
}
