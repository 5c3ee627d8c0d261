// A growing text as settled blocks and an active tail, so that appending costs the tail and never the text.
// The invariants: settled blocks and the tail joined are the text, byte for byte; what is settled keeps its
// identity; and the blocks are a function of the text alone, however it was split into deltas.
import type { TextPart } from './chat-message.ts'
import { growthOf } from './growth.ts'
import {
  afterCut,
  carryOver,
  HEAD_CHARS,
  type Lines,
  mayBegin,
  NO_LINES,
  readLine,
} from './markdown-lines.ts'
import type { TextBlock, TextBlocks } from './text-blocks.ts'

/** A block longer than this ends before its next line at the margin: Markdown of this length takes a renderer some 30 ms. */
export const LONG_TEXT_CHARS = 8192
/** Code longer than this goes on in another block after its next line; it is cheap to render, and wants to be whole. */
export const LONG_CODE_CHARS = 16_384
/** A block never gets longer than this many characters: it ends at a line, or else in the middle of one. */
export const MAX_BLOCK_CHARS: number = 2 * LONG_CODE_CHARS
// A group is complete with so many blocks or characters: some screens of text.
const GROUP_BLOCKS = 64
const GROUP_CHARS = 16_384

const NO_TEXT: TextBlock = { text: '', markdown: '' }

/** The empty text. */
export const NO_BLOCKS: TextBlocks = {
  groups: [],
  recent: [],
  tail: NO_TEXT,
  scan: { at: 0, carry: '', lines: NO_LINES },
}

/**
 * Blocks of a text or reasoning part, made from what is known of the part it has grown from. Works on any part,
 * also one made by hand; the first time costs the length of the text, after that only what is new.
 * @example const { groups, recent, tail } = blocksOf(part)
 */
export function blocksOf(part: TextPart): TextBlocks {
  const growth = growthOf(part)
  growth.blocks = splitBlocks(growth.blocks ?? NO_BLOCKS, growth.pending)
  growth.pending = ''
  return growth.blocks
}

/**
 * Adds text to blocks. A block ends where Markdown can be cut: before a line at the margin that follows a blank
 * line, outside of fences, formulas, comments and elements, and never between the items of a list.
 * Not covered: a link's or footnote's definition is only known to the block it stands in.
 * @returns `before` itself for no text
 */
export function splitBlocks(before: TextBlocks, delta: string): TextBlocks {
  if (delta === '') return before
  const text = before.tail.text + delta
  const groups = openGroups(before)
  let { at, carry, lines } = before.scan
  let start = 0
  let searched = before.tail.text.length
  const cut = (end: number, nextCarry: string): void => {
    groups.add(blockOf(carry, text.slice(start, end)))
    lines = afterCut(lines, nextCarry)
    carry = nextCarry
    start = at = end
  }
  for (;;) {
    const newline = text.indexOf('\n', Math.max(at, searched))
    const end = newline < 0 ? text.length : newline + 1
    if (at > start) {
      const next = cutBefore(
        lines,
        text.slice(at, Math.min(end, at + HEAD_CHARS)),
        newline >= 0,
        at - start,
      )
      if (next !== null) cut(at, next)
    }
    if (end - start > MAX_BLOCK_CHARS) {
      // Before this line; in its middle where it alone is as long.
      if (at === start) {
        at = wholeCharacters(text, start + MAX_BLOCK_CHARS)
        lines = readLine(lines, text.slice(start, at))
      }
      cut(at, lines.fence?.opener ?? '')
      continue
    }
    if (newline < 0) break
    lines = readLine(lines, text.slice(at, end))
    at = end
  }
  const tail = blockOf(carry, text.slice(start))
  return { ...groups.all(), tail, scan: { at: at - start, carry, lines } }
}

// What the next block begins with when one ends before this line; null when none does.
function cutBefore(lines: Lines, head: string, isWhole: boolean, length: number): string | null {
  if (mayBegin(lines, head)) return ''
  if (length < (lines.fence === null ? LONG_TEXT_CHARS : LONG_CODE_CHARS)) return null
  return carryOver(lines, head, isWhole)
}

function wholeCharacters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1)
  return code >= 0xd800 && code < 0xdc00 ? end - 1 : end
}

function blockOf(carry: string, text: string): TextBlock {
  return { text, markdown: carry === '' ? text : carry + text }
}

interface Groups {
  add(block: TextBlock): void
  all(): Pick<TextBlocks, 'groups' | 'recent'>
}

// Copied when the first block settles, and then only the list of groups and the one that fills.
function openGroups(before: TextBlocks): Groups {
  let complete: (readonly TextBlock[])[] | null = null
  let { recent } = before
  let filling: TextBlock[] | null = null
  let chars = 0
  return {
    add(block) {
      if (filling === null) {
        recent = filling = [...recent]
        chars = recent.reduce((sum, { text }) => sum + text.length, 0)
      }
      filling.push(block)
      chars += block.text.length
      // Never in the middle of a line, which a group shows as one.
      const isFull = filling.length >= GROUP_BLOCKS || chars >= GROUP_CHARS
      if (!isFull || !block.text.endsWith('\n')) return
      complete ??= [...before.groups]
      complete.push(filling)
      recent = filling = []
      chars = 0
    },
    all: () => ({ groups: complete ?? before.groups, recent }),
  }
}
