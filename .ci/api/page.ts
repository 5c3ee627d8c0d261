// One page of the reference: an entry point's names in the order of its index, under its own section comments.
import { code, sentence } from './doc-comment.ts'
import type { Entry } from './entry.ts'
import type { Item } from './items.ts'
import { fence, type LinkTo, table, typeMarkdown } from './markdown.ts'
import type { Place } from './project.ts'

/** Names under one heading, or under none. */
export interface Section {
  readonly heading: string
  readonly entries: readonly Entry[]
}

/** What a page shows. */
export interface Page {
  /** As it is imported: `framewise/react`. */
  readonly specifier: string
  readonly intro: string
  readonly sections: readonly Section[]
  /** Names that another page shows. */
  readonly elsewhere: readonly Place[]
}

/** Heading of what signatures name and nobody can import. */
export const UNEXPORTED = 'Named above, not exported'

const NOTE = '<!-- Written by `npm run docs:api` from the docstrings in src: edit those. -->'

/** Writes a page. */
export function writePage({ specifier, intro, sections, elsewhere }: Page, linkTo: LinkTo): string {
  const shared = elsewhere.map((place) => linked(place, linkTo)).join(', ')
  return blocks([
    NOTE,
    `# ${specifier}`,
    intro,
    shared === '' ? '' : `Described elsewhere: ${shared}.`,
    ...sections.flatMap(({ heading, entries }) => [
      heading === '' ? '' : `## ${heading}`,
      ...entries.map((entry) => writeEntry(entry, heading === '' ? '##' : '###', linkTo)),
    ]),
  ])
}

/** The index of all pages. */
export function writeIndex(
  pages: readonly Page[],
  fileOf: (page: Page) => string,
  linkTo: LinkTo,
): string {
  const names = (entries: readonly Entry[]): string =>
    entries.map(({ place }) => linked(place, linkTo)).join(', ')
  return blocks([
    NOTE,
    '# API reference',
    'Every public name, by the entry point that it is imported from.',
    ...pages.flatMap((page) => [
      `## [${page.specifier}](${fileOf(page)})`,
      page.intro,
      ...page.sections
        .filter(({ heading }) => heading !== UNEXPORTED)
        .map(({ heading, entries }) => `${heading === '' ? '' : `${heading}: `}${names(entries)}`),
    ]),
  ])
}

function linked(place: Place, linkTo: LinkTo): string {
  return typeMarkdown([{ text: place.name, place }], linkTo)
}

function writeEntry(entry: Entry, level: string, linkTo: LinkTo): string {
  const { place, doc, signatures, extended, params, members, values } = entry
  const type = (item: Item): string => typeMarkdown(item.type, linkTo)
  const name = (item: Item): string => `\`${item.name}\``
  const what = ({ doc: { text, fallback, throws } }: Item): string => {
    const notes = throws.map((one) => `Throws ${sentence(one)}`)
    if (fallback !== null) notes.push(`Default: ${sentence(code(fallback))}`)
    return prose(capital([text, ...notes].join(' ').trim()), linkTo)
  }
  // A parameter of which nothing is said is in the signature already.
  const told = params.some((param) => param.doc.text !== '') ? params : []
  const row = (item: Item): string[] => [name(item), type(item), what(item)]
  const inherited = extended.map((one) => typeMarkdown(one, linkTo)).join(', ')
  return blocks([
    `${level} ${place.name}`,
    prose(doc.text, linkTo),
    ...signatures.map(fence),
    inherited === '' ? '' : `Has all of ${inherited}, and:`,
    ...table(['parameter', 'type', 'what'], told.map(row)),
    ...table(['member', 'type', 'what'], members.map(row)),
    ...table(
      ['value', 'what'],
      values.map((one) => [type(one), what(one)]),
    ),
    doc.returns === null ? '' : prose(`Returns ${sentence(doc.returns)}`, linkTo),
    ...doc.throws.map((one) => prose(`Throws ${sentence(one)}`, linkTo)),
    ...doc.see.map(pageLink),
    seeAlso(entry, linkTo),
    ...doc.examples.map(fence),
  ])
}

// Source cannot hold links: what it names follows it.
function seeAlso({ place, signatures, uses, members }: Entry, linkTo: LinkTo): string {
  if (signatures.length === 0 || members.length > 0) return ''
  const links = new Map(uses.map((one) => [linkTo(one), linked(one, linkTo)]))
  links.delete(linkTo(place))
  links.delete(null)
  return links.size === 0 ? '' : `See ${[...links.values()].join(', ')}.`
}

// A page of docs is named from the root of the repository, as sources see it.
const pageLink = (target: string): string =>
  `See ${target.startsWith('docs/') ? `[${target}](../${target.slice('docs/'.length)})` : target}.`

const prose = (text: string, linkTo: LinkTo): string =>
  text.replace(/\{@link (\w+)\}/g, (_all, name: string) => {
    const link = linkTo(name)
    return link === null ? `\`${name}\`` : `[\`${name}\`](${link})`
  })

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const blocks = (parts: readonly string[]): string => parts.filter((one) => one !== '').join('\n\n')
