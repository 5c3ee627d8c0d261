// Which part has grown from which, so that blocks need not be made anew. Kept beside the parts and not in them:
// a part stays plain JSON, one made by hand is as good as any, and text that nobody splits costs nothing.
import type { TextBlocks } from './blocks.ts'
import type { TextPart } from './chat-message.ts'

/** What is known of the blocks of a part's text. */
export interface Growth {
  /** Blocks of the text up to `pending`; null when none were ever made. */
  blocks: TextBlocks | null
  pending: string
}

const growths = new WeakMap<TextPart, Growth>()

/** What is known of a part; to be written to by whoever makes its blocks. */
export function growthOf(part: TextPart): Growth {
  const growth = growths.get(part) ?? { blocks: null, pending: part.text }
  growths.set(part, growth)
  return growth
}

/** Says that `after` is `before` and `delta`. Costs the same at any length. */
export function grew(before: TextPart, after: TextPart, delta: string): void {
  const growth = growths.get(before)
  if (growth !== undefined) {
    growths.set(after, { blocks: growth.blocks, pending: growth.pending + delta })
  }
}
