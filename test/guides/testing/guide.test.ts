// The guide shows these very files: whoever copies from it gets what was run.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const guide = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8')
const shown = [...guide.matchAll(/^`([\w.-]+)`\n\n```tsx?\n([\s\S]*?)\n```$/gm)]

it('shows every file of its examples, to the letter', () => {
  const files = readdirSync(here).filter((name) => name !== 'guide.test.ts')
  const expected = files.map((name) => [name, readFileSync(`${here}${name}`, 'utf8').trimEnd()])
  expect(Object.fromEntries(shown.map(([, name, code]) => [name, code]))).toEqual(
    Object.fromEntries(expected),
  )
})

it('has no other code that nobody runs', () => {
  expect(guide.match(/^```\w/gm)).toHaveLength(shown.length)
})

it('gives a platform back that an environment hides', async () => {
  const hidden = ['MessageChannel', 'BroadcastChannel', 'ReadableStream', 'WritableStream']
  for (const name of hidden) vi.stubGlobal(name, undefined)
  await import('./platform.ts')
  for (const name of hidden) expect(globalThis).toHaveProperty(name, expect.any(Function))
  vi.unstubAllGlobals()
})
