// Writes docs/api from the docstrings in src (`npm run docs:api`), or with --check (`npm run check:docs`) tells
// what is out of date there and which public names nobody has described.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createReference, entryPoints } from './api/reference.ts'

const root = new URL('..', import.meta.url)
const folder = new URL('docs/api/', root)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const { pages, undocumented } = createReference(entryPoints(JSON.parse(read('package.json'))), read)
const written = (): string[] => globSync('*.md', { cwd: folder })

function check(): readonly string[] {
  const stale = [...pages].filter(
    ([name, text]) => !written().includes(name) || read(`docs/api/${name}`) !== text,
  )
  const old = written().filter((name) => !pages.has(name))
  return [
    ...undocumented.map((one) => `no docstring: ${one}`),
    ...[...stale.map(([name]) => name), ...old].map(
      (name) => `out of date: docs/api/${name} (run \`npm run docs:api\`)`,
    ),
  ]
}

if (process.argv.includes('--check')) {
  const problems = check()
  problems.forEach((problem) => console.error(problem))
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  mkdirSync(folder, { recursive: true })
  for (const name of written()) rmSync(new URL(name, folder))
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text)
}
