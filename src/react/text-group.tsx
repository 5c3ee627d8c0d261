'use client'
// Some blocks of a text, one after the other. A group that is complete never renders again: a text of thousands of
// blocks costs a comparison per group. Compared by their text, so that a final copy of a message renders nothing.
import {
  type CSSProperties,
  memo,
  type NamedExoticComponent,
  type ReactElement,
  type ReactNode,
} from 'react'
import type { TextBlock } from '../index.ts'

/** Renders a block of Markdown; `settled` once it will not change any more. */
export type RenderBlock = (markdown: string, settled: boolean) => ReactNode

/** Props of {@link TextGroup}. */
export interface TextGroupProps {
  readonly blocks: readonly TextBlock[]
  /** What still grows, after the settled blocks. */
  readonly tail?: TextBlock | undefined
  /** The tail is complete too. */
  readonly isDone?: boolean | undefined
  /** Far from the end: laid out and painted only near the screen. */
  readonly isFar?: boolean | undefined
  readonly renderBlock: RenderBlock | undefined
}

/** Shows a group. */
export const TextGroup: NamedExoticComponent<TextGroupProps> = memo(function TextGroup(
  props: TextGroupProps,
): ReactElement | null {
  const { blocks, tail, isDone = false, isFar = false, renderBlock } = props
  if (blocks.length === 0 && tail === undefined) return null
  if (renderBlock === undefined) {
    const text = blocks.map((block) => block.text).join('') + (tail?.text ?? '')
    return (
      <span style={{ ...BLOCK, ...(isFar ? skippable(blocks) : REMEMBERED) }}>
        {rowsOf(text).map((row, place) => (
          <Row key={place} text={row} />
        ))}
      </span>
    )
  }
  const all = tail === undefined ? blocks : [...blocks, tail]
  return (
    <div style={isFar ? skippable(blocks) : REMEMBERED}>
      {all.map(({ markdown }, place) => (
        // One list for settled blocks and tail: the tail keeps its element when it settles.
        <Block
          key={place}
          markdown={markdown}
          settled={isDone || place < blocks.length}
          renderBlock={renderBlock}
        />
      ))}
    </div>
  )
}, isSameGroup)

interface BlockProps {
  readonly markdown: string
  readonly settled: boolean
  readonly renderBlock: RenderBlock
}

// What is settled is not rendered again for a new function of every render.
const Block = memo(
  ({ markdown, settled, renderBlock }: BlockProps): ReactNode => renderBlock(markdown, settled),
  (before, now) =>
    before.markdown === now.markdown &&
    before.settled === now.settled &&
    (now.settled || before.renderBlock === now.renderBlock),
)

// A span, which may stand in a paragraph, as wide as a line: a line end at its end shows no further line.
const Row = memo(function Row({ text }: { readonly text: string }): ReactElement {
  return <span style={BLOCK}>{text}</span>
})

const BLOCK: CSSProperties = { display: 'block' }
const ROW_CHARS = 1024
const LINE_CHARS = 80

// Has the browser remember the size from before the group is far.
const REMEMBERED: CSSProperties = { containIntrinsicBlockSize: 'auto none' }

// A browser looks at every element of a scroller whose content grows: with 1 MB of Markdown 12 ms a flush, with this
// less than 1 (`bench:text`). The estimate is for what never was on the screen.
function skippable(blocks: readonly TextBlock[]): CSSProperties {
  const lines = blocks.reduce(
    (sum, { text }) => sum + text.split('\n').length - 1 + text.length / LINE_CHARS,
    0,
  )
  return { contentVisibility: 'auto', containIntrinsicBlockSize: `auto ${Math.ceil(lines)}lh` }
}

// Whole lines, some at a time: what was cut stays as it is when the text grows.
function rowsOf(text: string): string[] {
  const rows: string[] = []
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start + ROW_CHARS)
    const end = newline < 0 ? text.length : newline + 1
    rows.push(text.slice(start, end))
    start = end
  }
  return rows
}

function isSameGroup(before: TextGroupProps, now: TextGroupProps): boolean {
  return (
    before.isFar === now.isFar &&
    sameText(before.tail, now.tail) &&
    (now.tail === undefined || before.isDone === now.isDone) &&
    (now.tail === undefined || now.isDone === true || before.renderBlock === now.renderBlock) &&
    (before.renderBlock === undefined) === (now.renderBlock === undefined) &&
    (before.blocks === now.blocks || sameTexts(before.blocks, now.blocks))
  )
}

function sameTexts(before: readonly TextBlock[], now: readonly TextBlock[]): boolean {
  return before.length === now.length && before.every((block, at) => sameText(block, now[at]))
}

function sameText(before: TextBlock | undefined, now: TextBlock | undefined): boolean {
  return before?.text === now?.text && before?.markdown === now?.markdown
}
