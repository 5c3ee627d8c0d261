// docs/testing.md shows whole files: whoever copies from it gets what was run.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { blocksWithoutExample, readExamples } from '../support/guide-code.ts'

const folder = fileURLToPath(new URL('../guides/testing', import.meta.url))
const guide = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8')

it.each(readdirSync(folder))('shows all of %s, under its name', (name) => {
  const language = name.endsWith('x') ? 'tsx' : 'ts'
  const code = readFileSync(`${folder}/${name}`, 'utf8')
  expect(guide).toContain(`\`${name}\`\n\n\`\`\`${language}\n${code}\`\`\`\n`)
})

it('shows no other code', () => {
  expect(blocksWithoutExample(guide, readExamples(folder))).toEqual([])
})

it('gives a platform back that an environment hides', async () => {
  const hidden = ['MessageChannel', 'BroadcastChannel', 'ReadableStream', 'WritableStream']
  for (const name of hidden) vi.stubGlobal(name, undefined)
  await import('../guides/testing/platform.ts')
  for (const name of hidden) expect(globalThis).toHaveProperty(name, expect.any(Function))
  vi.unstubAllGlobals()
})
