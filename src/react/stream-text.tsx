'use client'
// A growing text: settled blocks are rendered once, and only the tail again. As plain text it looks, is selected and
// is copied like one text in one element; for Markdown any renderer gets block after block.
import {
  type CSSProperties,
  type ElementType,
  type HTMLAttributes,
  type ReactElement,
  useRef,
} from 'react'
import { blocksOf, NO_BLOCKS, splitBlocks, type TextBlocks, type TextPart } from '../index.ts'
import { type RenderBlock, TextGroup } from './text-group.tsx'

/** Where the text comes from. */
export type StreamTextSource =
  /** A text or reasoning part. A flush costs what it adds, at any length of the text. */
  | { readonly part: TextPart; readonly text?: undefined }
  /** Bare text. It is read once per render to see what was added. */
  | { readonly text: string; readonly part?: undefined }

/** Props of {@link StreamText}; whatever else an element takes is passed on to it. */
export type StreamTextProps = StreamTextSource &
  Omit<HTMLAttributes<HTMLElement>, 'children' | 'part'> & {
    /** Element around the text; with `renderBlock` one that a div may stand in. @default 'div' */
    readonly as?: ElementType | undefined
    /**
     * Renders a block of Markdown. A settled block is rendered once, whatever becomes of this function: give another
     * `key` to have all of them rendered anew. @default the text as it is
     */
    readonly renderBlock?: RenderBlock | undefined
  }

/**
 * Shows a text that grows.
 * @example <StreamText part={part} />
 * @example <StreamText part={part} renderBlock={(markdown) => <Streamdown>{markdown}</Streamdown>} />
 */
export function StreamText({
  part,
  text = '',
  as: Element = 'div',
  renderBlock,
  style,
  ...props
}: StreamTextProps): ReactElement {
  const bare = useBareText(part === undefined ? text : '')
  const { groups, recent, tail } = part === undefined ? bare : blocksOf(part)
  const isDone = part?.state === 'done'
  return (
    <Element {...props} style={renderBlock === undefined ? { ...AS_IT_IS, ...style } : style}>
      {[...groups, recent].map((blocks, place) => (
        // One list: a group keeps its elements when it is complete and the next one begins.
        <TextGroup
          key={place}
          blocks={blocks}
          tail={place < groups.length || tail.text === '' ? undefined : tail}
          isDone={isDone}
          isFar={place < groups.length - NEAR_GROUPS}
          renderBlock={renderBlock}
        />
      ))}
    </Element>
  )
}

// Complete groups at the end that are always laid out: with the one that fills, some screens.
const NEAR_GROUPS = 1
const AS_IT_IS: CSSProperties = { whiteSpace: 'pre-wrap' }

// The same blocks for the same text, whoever asks how often: what a render leaves here is only a shortcut.
function useBareText(text: string): TextBlocks {
  const last = useRef({ text: '', blocks: NO_BLOCKS })
  if (last.current.text !== text) {
    const { text: before, blocks } = last.current
    const grown = text.startsWith(before)
    last.current = {
      text,
      blocks: splitBlocks(grown ? blocks : NO_BLOCKS, grown ? text.slice(before.length) : text),
    }
  }
  return last.current.blocks
}
