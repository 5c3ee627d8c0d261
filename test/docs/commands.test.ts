// The pages show the command as the package has it; in a clone it is another one, and each page says so.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: readFileSync(docs + file, 'utf8') }))
const COMMAND = /^(?:\w+=\S+ )*(?:npx )?framewise [a-z]+ /m
const shown = pages.filter(({ text }) =>
  [...text.matchAll(/^```(?:sh)?\n([^]*?)^```$/gm)].some(([, code = '']) => COMMAND.test(code)),
)

it('is about some pages', () => {
  expect(shown.length).toBeGreaterThan(5)
})

it.each(shown)('$file says how its commands are written in a clone', ({ text }) => {
  expect(text).toMatch(/(In a|in a|Num) clone/)
  expect(text).toContain('npm run --silent framewise -- ')
})
