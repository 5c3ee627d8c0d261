// The generator of docs/api on sources made up for it, and on the real ones: names, links, and what it misses.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readDoc } from '../../.ci/api/doc-comment.ts'
import { problemsOf } from '../../.ci/api/problems.ts'
import { createReference, entryPoints } from '../../.ci/api/reference.ts'
import { deadLinks } from '../support/dead-links.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readFile = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

function referenceOf(files: Readonly<Record<string, string>>, ...entries: string[]) {
  const points = (entries.length > 0 ? entries : ['one']).map((name) => ({
    specifier: name === '.' ? 'pack' : `pack/${name}`,
    index: name === '.' ? 'src/index.ts' : `src/${name}/index.ts`,
  }))
  return createReference(points, (path) => {
    const code = files[path]
    if (code === undefined) throw new Error(`no file ${path}`)
    return code
  })
}

const pageOf = (code: string, name = 'one'): string =>
  referenceOf({ 'src/one/index.ts': code }).pages.get(`${name}.md`) ?? ''

describe('a docstring', () => {
  it('is taken apart, with tags within its lines', () => {
    const doc = readDoc(`*
     * Makes a thing, with \`@redis/client\`.
     * Then more.
     * @param count how many, at most
     *   nine @default 1_000
     * @throws TypeError for none
     * @example
     * const a = make()
     *   b(a)
     `)
    expect(doc.text).toBe('Makes a thing, with `@redis/client`.\nThen more.')
    expect(doc.params.get('count')).toBe('how many, at most nine. Default: `1_000`.')
    expect(doc.throws).toEqual(['TypeError for none'])
    expect(doc.examples).toEqual(['const a = make()\n  b(a)'])
    expect(readDoc("* When. @default 'adaptive' ").fallback).toBe("'adaptive'")
  })
})

describe('a page', () => {
  it('shows a function without its body', () => {
    const page = pageOf(
      '/** Adds. @param a the first */\nexport function add(a: number, b = 1): number {\n  return a + b\n}',
    )
    expect(page).toContain('## add\n\nAdds.\n\n```ts\nfunction add(a: number, b = 1): number\n```')
    expect(page).toContain('| `a` | `number` | The first |\n| `b?` | `number` |  |')
    expect(page).not.toContain('return')
  })

  it('shows overloads and not what implements them', () => {
    const page = pageOf(
      'export function f(a: string): 1\nexport function f(a: number): 2\nexport function f(a: unknown): unknown { return a }',
    )
    expect(page).toContain('function f(a: string): 1')
    expect(page).toContain('function f(a: number): 2')
    expect(page).not.toContain('unknown')
  })

  it('shows the members of an interface with their defaults, and none of the syntax around them', () => {
    const page = pageOf(`
      /** Options. */
      export interface Options {
        /** How much, or \`none | all\`. @default 4 */
        readonly size?: number | string | undefined
        /** Tells. */
        readonly onTell?: ((what: {
          a: string
          b: number // no remark
        }) => void) | undefined
        /** Goes. @throws TypeError never */
        go(to: string): void
      }`)
    expect(page).toContain(
      '| `size?` | `number \\| string` | How much, or `none \\| all`. Default: `4`. |',
    )
    expect(page).toContain('| `onTell?` | `(what: { a: string; b: number }) => void` | Tells. |')
    expect(page).toContain('| `go()` | `(to: string): void` | Goes. Throws TypeError never. |')
  })

  it('shows a union with the comments of its values, and any other type as its source', () => {
    const page = pageOf(`
      /** Code. */
      export type Code =
        /** Bad. */
        | 'bad'
        /** Worse. */
        | 'worse'
      /** Or. */
      export type Or = 'a' | { readonly b: 1 }`)
    expect(page).toContain(
      "| value | what |\n|---|---|\n| `'bad'` | Bad. |\n| `'worse'` | Worse. |",
    )
    expect(page).toContain("```ts\ntype Or = 'a' | { readonly b: 1 }\n```")
  })

  it('shows a class by what can be called, and constants with plain values', () => {
    const page = pageOf(`
      export class Oops extends Error {
        override readonly name = 'Oops'
        /** Which. */
        readonly code: number
        private hidden = 1
        constructor(code: number) { super(); this.code = code }
      }
      export const limits: Limits = Object.freeze({ a: 1 })
      export const busy: Thing = make(function () { return 1 })`)
    expect(page).toContain('| `code` | `number` | Which. |\n| `constructor()` | `(code: number)` |')
    expect(page).not.toMatch(/hidden|override|super/)
    expect(page).toContain('const limits: Limits = Object.freeze({ a: 1 })')
    expect(page).toContain('const busy: Thing\n')
  })

  it('groups by the comments of the index, in its order', () => {
    const { pages } = referenceOf({
      'src/one/index.ts':
        "'use client'\n// What it is.\n// In two lines.\n\n// makers\nexport { b, type A } from '../x.ts'\n\n// rest\nexport * from '../y.ts'\n",
      'src/x.ts': 'export const b = 1\nexport interface A { x: 1 }\n',
      'src/y.ts': 'export const c = 2\n',
    })
    const page = pages.get('one.md') ?? ''
    expect(page).toContain('# pack/one\n\nWhat it is.\nIn two lines.\n\n## Makers')
    expect(page.match(/^#+ .*$/gm)).toEqual([
      '# pack/one',
      '## Makers',
      '### b',
      '### A',
      '## Rest',
      '### c',
    ])
  })

  it('refuses what it cannot show', () => {
    expect(() => pageOf('export default 1')).toThrow('default export')
    expect(() => pageOf("export * as x from './y.ts'")).toThrow('export * as')
    expect(() => pageOf('export { missing }')).toThrow('cannot find what `missing` is')
  })
})

describe('links', () => {
  const files = {
    'src/index.ts': "export { make, type Thing } from './thing.ts'\n",
    'src/one/index.ts': "export { Thing } from '../thing.ts'\nexport { use } from '../use.ts'\n",
    'src/thing.ts':
      '/** A {@link make}. */\nexport interface Thing { x: Inner }\n/** Inner. */\ninterface Inner { y: 1 }\n/** Makes. */\nexport function make(): Thing { return { x: { y: 1 } } }\n',
    'src/use.ts':
      "import type { Thing as T } from './thing.ts'\ntype Inner = 1\n/** Uses. @param thing it */\nexport function use<Inner>(thing: readonly T[], inner: Inner): void {}\n",
  }

  it('lead to the one place where a name is described, whatever it is called on the way', () => {
    const { pages } = referenceOf(files, '.', 'one')
    expect(pages.get('one.md')).toContain('| `thing` | `readonly` [`T`](pack.md#thing)`[]` | It |')
    expect(pages.get('one.md')).toContain('Described elsewhere: [`Thing`](pack.md#thing).')
    expect(pages.get('pack.md')).toContain('A [`make`](#make).')
    expect(pages.get('README.md')).toContain('[`use`](one.md#use)')
  })

  it('lead to types that are named and not exported, and never from a type parameter of the same name', () => {
    const { pages } = referenceOf(files, '.', 'one')
    expect(pages.get('pack.md')).toContain('| `x` | [`Inner`](#inner) |')
    expect(pages.get('pack.md')).toContain('## Named above, not exported\n\n### Inner')
    expect(pages.get('one.md')).toContain('| `inner` | `Inner` |')
    expect(pages.get('one.md')).not.toContain('#inner')
  })
})

describe('what nobody has described', () => {
  it('is told with its place', () => {
    const code =
      '/** A, by its `z`. */\nexport interface A {\n  x: string\n  /** Y. */\n  y: 1\n  z: 1\n  kind: "a"\n}\nexport const b = 1\n' +
      "/** C. */\nexport type C =\n  /** D. */\n  | 'd'\n  | 'e'\n"
    expect(referenceOf({ 'src/one/index.ts': code }).undocumented).toEqual([
      'src/one/index.ts:3 A: x',
      'src/one/index.ts:9 b',
      "src/one/index.ts:14 C: 'e'",
    ])
  })
})

describe('the check', () => {
  const reference = referenceOf({ 'src/one/index.ts': 'export const b = 1\n' })

  it('has nothing to say of pages that are what the docstrings say, but for the docstrings', () => {
    expect(problemsOf(reference, reference.pages)).toEqual(['no docstring: src/one/index.ts:1 b'])
  })

  it('tells pages that are missing, changed or left over, and what to run', () => {
    const written = new Map([
      ['README.md', 'edited by hand'],
      ['gone.md', '# Gone'],
    ])
    expect(problemsOf({ ...reference, undocumented: [] }, written)).toEqual(
      ['README', 'one', 'gone'].map(
        (name) => `out of date: docs/api/${name}.md (run \`npm run docs:api\`)`,
      ),
    )
  })
})

describe('the reference of this package', () => {
  const entries = entryPoints(JSON.parse(readFile('package.json')))
  const { pages } = createReference(entries, readFile)

  it('has a page for every entry point with types', () => {
    expect(entries.map(({ specifier }) => specifier)).toContain('framewise/react')
    expect([...pages.keys()]).toEqual([
      'README.md',
      ...entries.map(
        ({ specifier }) => `${specifier.replace(/^\w+\//, '').replaceAll('/', '-')}.md`,
      ),
    ])
  })

  it('links only to what is there', () => {
    const inDocs = new Map([...pages].map(([file, text]) => [`docs/api/${file}`, text]))
    expect(pages.get('react.md')).toContain('](framewise.md#agentstream)')
    expect(deadLinks(inDocs, (path) => existsSync(`${root}/${path}`))).toEqual([])
  })

  it('names no path of this machine', () => {
    for (const text of pages.values()) expect(text).not.toContain(root)
  })
})
