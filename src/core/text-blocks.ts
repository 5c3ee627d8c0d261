// What a text in blocks is, as plain data.
import type { Lines } from './markdown-lines.ts'

/** A stretch of text that can be rendered apart, as Markdown or as it is. */
export interface TextBlock {
  /** The very text, its line ends included. */
  readonly text: string
  /**
   * The same to be rendered as Markdown: a piece of a fence of code or of a table that is too long for one block
   * begins with the first line of that fence, or the header of that table, once more.
   */
  readonly markdown: string
}

/** A text in blocks. */
export interface TextBlocks {
  /** Settled blocks in complete groups: a list of thousands is never copied, and a group never changes. */
  readonly groups: readonly (readonly TextBlock[])[]
  /** Settled blocks after those: the group that fills. */
  readonly recent: readonly TextBlock[]
  /** What still grows; empty when nothing follows the last settled block. */
  readonly tail: TextBlock
  /** Where the reading of the tail goes on. */
  readonly scan: Scan
}

interface Scan {
  /** Place in the tail where its last, unfinished line begins. */
  readonly at: number
  /** What begins the tail's Markdown beside its text. */
  readonly carry: string
  readonly lines: Lines
}
