// No page of the documentation leads nowhere.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { deadLinks } from '../support/dead-links.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): [string, string] => [path, readFileSync(`${root}/${path}`, 'utf8')]
const exists = (path: string): boolean => existsSync(`${root}/${path}`)

it('links to pages and headings that are there', () => {
  const files = globSync(['README.md', 'CHANGELOG.md', 'docs/**/*.md'], { cwd: root })
  expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/README.md', 'docs/testing.md']))
  expect(deadLinks(new Map(files.map(read)), exists)).toEqual([])
})

it('notices what is not', () => {
  const pages = new Map([
    ['a/one.md', '# A b\n[ok](#a-b) [no](#b) [ok](../two.md#c) [no](../two.md#d) [no](three.md)'],
    ['two.md', '## C\n```md\n## D\n[no](nowhere.md)\n```\n[ok](https://example.com/x#y)\n'],
  ])
  expect(deadLinks(pages, () => false)).toEqual([
    'a/one.md: #b',
    'a/one.md: ../two.md#d',
    'a/one.md: three.md',
  ])
})
