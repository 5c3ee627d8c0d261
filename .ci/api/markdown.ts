// Pieces of Markdown as GitHub shows it: cells, anchors, linked types.
import type { Place } from './project.ts'
import type { Segment } from './type-text.ts'

/** Address of a place, or of a name, as seen from the page that is written; null where the reference has none. */
export type LinkTo = (target: Place | string) => string | null

/** Anchors of one page's headings; a heading that comes twice gets a number, as on GitHub. */
export function createAnchors(): (heading: string) => string {
  const seen = new Map<string, number>()
  return (heading) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  }
}

/** A type in code style with its names linked. Spaces at the edge of code would be lost: they stand outside. */
export function typeMarkdown(segments: readonly Segment[], linkTo: LinkTo): string {
  return segments
    .map((segment) => {
      const { text, link } =
        typeof segment === 'string'
          ? { text: segment, link: null }
          : { text: segment.text, link: linkTo(segment.place) }
      const [, before = '', inner = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? []
      if (inner === '') return text
      const shown = `\`${inner}\``
      return `${before}${link === null ? shown : `[${shown}](${link})`}${after}`
    })
    .join('')
    .replaceAll('``', '')
}

/** A table, or nothing when it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [[line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')]
}

// A bar would end the cell, within code too.
const cell = (text: string): string =>
  text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/(?<!\\)\|/g, '\\|')

/** A block of code. */
export function fence(code: string): string {
  const jsx = /<\/|\/>/.test(code)
  return ['```' + (jsx ? 'tsx' : 'ts'), code, '```'].join('\n')
}
