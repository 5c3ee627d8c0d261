// The whole reference: which page shows which name, what is linked where, and what nobody has described yet.
import { type Entry, readEntry } from './entry.ts'
import { createAnchors, type LinkTo } from './markdown.ts'
import { type Page, type Section, UNEXPORTED, writeIndex, writePage } from './page.ts'
import { createProject, introOf, type Place, type Project } from './project.ts'
import { undocumentedIn } from './undocumented.ts'

/** The reference as files, and what is missing for it to be complete. */
export interface Reference {
  /** Markdown by file name. */
  readonly pages: ReadonlyMap<string, string>
  /** Public names and members without a docstring, each with its place. */
  readonly undocumented: readonly string[]
}

/** An entry point of the package. */
export interface EntryPoint {
  /** As it is imported: `framewise/react`. */
  readonly specifier: string
  /** Path of its index. */
  readonly index: string
}

/** Entry points that `package.json` gives types for, in its order. */
export function entryPoints(manifest: {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}): EntryPoint[] {
  return Object.entries(manifest.exports).flatMap(([key, target]) => {
    const types = (target as { types?: unknown }).types
    if (typeof types !== 'string') return []
    const index = types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')
    return [{ specifier: key.replace('.', manifest.name), index }]
  })
}

/** Makes the reference of some entry points over files that `read` gives. */
export function createReference(
  entries: readonly EntryPoint[],
  read: (path: string) => string,
): Reference {
  const project = createProject(read)
  const known = new Set<string>()
  const pages = entries.map((one) => readPage(project, one, known))
  addUnexported(project, pages, known)
  const linkFrom = createLinks(pages)
  return {
    pages: new Map([
      ['README.md', `${writeIndex(pages, fileOf, linkFrom('README.md'))}\n`],
      ...pages.map(
        (page) => [fileOf(page), `${writePage(page, linkFrom(fileOf(page)))}\n`] as const,
      ),
    ]),
    undocumented: pages.flatMap(({ sections }) =>
      sections
        .filter(({ heading }) => heading !== UNEXPORTED)
        .flatMap(({ entries }) => entries.flatMap(undocumentedIn)),
    ),
  }
}

type Draft = Page & { readonly sections: Section[] }

// A name belongs to the first entry point that exports it; the others point there.
function readPage(project: Project, { specifier, index }: EntryPoint, known: Set<string>): Draft {
  const elsewhere: Place[] = []
  const groups = new Map<string, Entry[]>()
  for (const { place, section } of project.publicNames(index)) {
    if (known.has(keyOf(place))) {
      elsewhere.push(place)
      continue
    }
    known.add(keyOf(place))
    groups.set(section, [...(groups.get(section) ?? []), readEntry(project, place)])
  }
  const sections = [...groups].map(([name, entries]) => ({ heading: capital(name), entries }))
  return { specifier, intro: introOf(project.module(index)), sections, elsewhere }
}

// What a signature names must be found, even where it cannot be imported.
function addUnexported(project: Project, pages: readonly Draft[], known: Set<string>): void {
  for (const { sections } of pages) {
    const entries: Entry[] = []
    const queue = sections.flatMap((section) => section.entries)
    for (const { uses } of queue) {
      for (const place of uses) {
        if (known.has(keyOf(place))) continue
        known.add(keyOf(place))
        const entry = readEntry(project, place)
        entries.push(entry)
        queue.push(entry)
      }
    }
    if (entries.length > 0) sections.push({ heading: UNEXPORTED, entries })
  }
}

function createLinks(pages: readonly Page[]): (from: string) => LinkTo {
  const addresses = new Map<string, { readonly file: string; readonly anchor: string }>()
  for (const page of pages) {
    const anchorOf = createAnchors()
    anchorOf(page.specifier)
    for (const { heading, entries } of page.sections) {
      if (heading !== '') anchorOf(heading)
      for (const { place } of entries) {
        const address = { file: fileOf(page), anchor: anchorOf(place.name) }
        addresses.set(keyOf(place), address)
        if (!addresses.has(place.name)) addresses.set(place.name, address)
      }
    }
  }
  return (from) => (target) => {
    const address = addresses.get(typeof target === 'string' ? target : keyOf(target))
    if (address === undefined) return null
    return `${address.file === from ? '' : address.file}#${address.anchor}`
  }
}

const keyOf = ({ file, name }: Place): string => `${file}#${name}`

const fileOf = ({ specifier }: Page): string =>
  `${specifier.slice(specifier.indexOf('/') + 1).replaceAll('/', '-')}.md`

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
