// Writes docs/api from the docstrings in src (`npm run docs:api`), or with --check (`npm run check:docs`) tells
// what is out of date there and which public names nobody has described.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { problemsOf } from './api/problems.ts'
import { createReference, entryPoints } from './api/reference.ts'

const root = new URL('..', import.meta.url)
const folder = new URL('docs/api/', root)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const reference = createReference(entryPoints(JSON.parse(read('package.json'))), read)
const written = globSync('*.md', { cwd: folder })

if (process.argv.includes('--check')) {
  const texts = new Map(written.map((name) => [name, read(`docs/api/${name}`)]))
  const problems = problemsOf(reference, texts)
  problems.forEach((problem) => console.error(problem))
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  mkdirSync(folder, { recursive: true })
  for (const name of written) rmSync(new URL(name, folder))
  for (const [name, text] of reference.pages) writeFileSync(new URL(name, folder), text)
}
