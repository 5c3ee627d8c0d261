// The README's two ways to render one part.
import type { TextPart } from 'framewise'
import { StreamText } from 'framewise/react'
import { Streamdown } from 'streamdown'

export const twice = (part: TextPart) => (
  <>
    <StreamText part={part} />
    <StreamText part={part} renderBlock={(markdown) => <Streamdown>{markdown}</Streamdown>} />
  </>
)
