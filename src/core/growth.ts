// Which part has grown from which, so that blocks need not be made anew. Kept beside the parts and not in them:
// a part stays plain JSON, one made by hand is as good as any, and text that nobody splits costs nothing.
import type { TextPart } from './chat-message.ts'
import type { TextBlocks } from './text-blocks.ts'

/** What is known of the blocks of a part's text. */
export interface Growth {
  /** Blocks of the text up to `pending`; null when none were ever made. */
  blocks: TextBlocks | null
  pending: string
}

const growths = new WeakMap<object, Growth>()

/** What is known of a part; to be written to by whoever makes its blocks. */
export function growthOf(part: TextPart): Growth {
  const growth = growths.get(part) ?? { blocks: null, pending: part.text }
  growths.set(part, growth)
  return growth
}

/** Says that the text of `after` is that of `before` and `delta`; returns `after`. Costs the same at any length. */
export function grew<Part extends object>(before: object, after: Part, delta: string): Part {
  const growth = growths.get(before)
  if (growth) growths.set(after, { ...growth, pending: growth.pending + delta })
  return after
}
