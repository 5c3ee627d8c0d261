// What a Markdown text may be cut between: reads it line by line and knows what is open over blank lines.
// The rule is conservative: where it cannot tell from a line's first characters, nothing begins there.
// @see https://spec.commonmark.org/0.31.2/

/** What the lines of a block so far come to. */
export interface Lines {
  /** The fence of code or the formula that the last line stands in. */
  readonly fence: Fence | null
  /** The comment or the element of HTML that is open. */
  readonly element: Element | null
  /** The block has an item of a list; more of its items may follow after blank lines. */
  readonly list: boolean
  /** The last line was blank. */
  readonly blank: boolean
  /** The first line of the table that the last line belongs to, and its second once that has come. */
  readonly header: string
}

interface Fence {
  /** Its first line, which begins every piece of a fence that is cut. */
  readonly opener: string
  /** What closes it: as many of these characters, or more. */
  readonly mark: string
  /** Widest indentation of the line that closes it. */
  readonly indent: number
  /** The container whose end is its end too. */
  readonly within: 'list' | 'quote' | null
}

interface Element {
  /** In lower case; `!--` for a comment. */
  readonly name: string
  readonly depth: number
}

/** Before the first line of a block. */
export const NO_LINES: Lines = {
  fence: null,
  element: null,
  list: false,
  blank: false,
  header: '',
}

/** What begins a line is judged by so many characters of it. */
export const HEAD_CHARS = 100

const MARKER = /^(?:[-*+]|\d{1,9}[.)])(?=\s|$)/
const HALF_A_MARKER = /^(?:[-*+]|\d{1,9}[.)]?)$/
const CONTAINERS = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*/
const FENCE = /^(?:`{3,}(?=[^`]*$)|~{3,}|\$\$(?!.*\$\$))/
const ELEMENT = /^ {0,3}<(!--|[a-z][a-z0-9-]*(?=[\s/>]|$))/i
const EMPTY_ELEMENT = /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/
const RAW_ELEMENT = /^(?:!--|pre|script|style|textarea)$/
const DELIMITER_ROW = /^\|[\s:|-]+$/
const MAX_HEADER_CHARS = 1000

/**
 * True when a block may begin with this line: the one before is blank, nothing is open, and it can be no part of
 * a list. False while the line is too short to tell.
 */
export function mayBegin({ fence, element, list, blank }: Lines, head: string): boolean {
  if (fence !== null || element !== null || !blank || !isFlush(head)) return false
  return !list || !(MARKER.test(head) || HALF_A_MARKER.test(head))
}

/** What begins the rest of a block that is too long and is cut before this line; null where it must not be cut. */
export function carryOver({ fence, header }: Lines, head: string, isWhole: boolean): string | null {
  if (fence !== null) {
    if (!isWhole && head.length < HEAD_CHARS) return null
    return closes(fence, head) ? null : fence.opener
  }
  if (!isFlush(head)) return null
  return head.startsWith('|') && header.includes('\n') ? header : ''
}

/** State after a block was cut with this carry. */
export function afterCut({ fence, header }: Lines, carry: string): Lines {
  if (carry === '') return NO_LINES
  return fence === null ? { ...NO_LINES, header } : { ...NO_LINES, fence }
}

/** Takes in one line. */
export function readLine(lines: Lines, line: string): Lines {
  const blank = line.trim() === ''
  const { fence } = lines
  if (fence !== null && !leaves(fence, line, blank)) {
    return { ...lines, blank, fence: closes(fence, line) ? null : fence }
  }
  const element = nextElement(lines.element, line)
  const isRaw = lines.element !== null && RAW_ELEMENT.test(lines.element.name)
  if (blank || isRaw) return { ...lines, blank, fence: null, element, header: '' }
  const list = lines.list || MARKER.test(line.trimStart())
  const header = headerOf(lines.header, line)
  return { blank, list, element, fence: openFence(line, list), header }
}

// Begins at the margin; a blank or unborn line does not.
function isFlush(head: string): boolean {
  return /^\S/.test(head)
}

function headerOf(header: string, line: string): string {
  if (!line.startsWith('|') || line.length > MAX_HEADER_CHARS) return ''
  if (header.includes('\n')) return header
  return header !== '' && DELIMITER_ROW.test(line)
    ? `${header}\n${line.trimEnd()}\n`
    : line.trimEnd()
}

function openFence(line: string, list: boolean): Fence | null {
  const prefix = CONTAINERS.exec(line)?.[0] ?? ''
  const body = line.slice(prefix.length).trimEnd()
  const mark = FENCE.exec(body)?.[0]
  const indent = widthOf(prefix)
  const quoted = prefix.includes('>')
  if (mark === undefined || (indent > 3 && !list && !quoted)) return null
  const within = quoted ? 'quote' : list && indent > 0 ? 'list' : null
  // A formula may begin in its first line, and must not begin twice.
  const opener = `${mark === '$$' ? mark : body.slice(0, HEAD_CHARS)}\n`
  return { opener, mark, indent: within === null ? 3 : indent + 3, within }
}

// What a fence stands in has ended, and the fence with it.
function leaves({ within }: Fence, line: string, blank: boolean): boolean {
  if (within === 'quote') return !/^\s*>/.test(line)
  return within === 'list' && !blank && isFlush(line)
}

function closes({ mark, indent, within }: Fence, line: string): boolean {
  const prefix = (within === 'quote' ? /^[ \t>]*/ : /^[ \t]*/).exec(line)?.[0] ?? ''
  const body = line.slice(prefix.length).trimEnd()
  if (mark === '$$') return body.endsWith(mark)
  return widthOf(prefix) <= indent && body.startsWith(mark) && isOf(mark.charAt(0), body)
}

function isOf(char: string, body: string): boolean {
  return body.replaceAll(char, '') === ''
}

function widthOf(prefix: string): number {
  return prefix.replaceAll('\t', '    ').length
}

function nextElement(open: Element | null, line: string): Element | null {
  const name = open?.name ?? ELEMENT.exec(line)?.[1]?.toLowerCase()
  if (name === undefined || EMPTY_ELEMENT.test(name)) return null
  const depth = (open?.depth ?? 0) + depthOf(name, line)
  return depth > 0 ? { name, depth } : null
}

// Elements opened in this line that it does not close.
function depthOf(name: string, line: string): number {
  if (name === '!--') return count(/<!--/g, line) - count(/-->/g, line)
  const end = '(?![a-z0-9-])'
  const opened = count(new RegExp(`<${name}${end}`, 'gi'), line)
  const selfClosed = count(new RegExp(`<${name}${end}[^<>]*/>`, 'gi'), line)
  return opened - selfClosed - count(new RegExp(`</${name}${end}`, 'gi'), line)
}

function count(pattern: RegExp, line: string): number {
  return line.match(pattern)?.length ?? 0
}
