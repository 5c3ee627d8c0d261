// The port for whatever shows a message's text, and the choice between the two that the demo has.
import type { TextPart } from 'framewise'
import type { ComponentType } from 'react'
import type { Settings } from '../settings.ts'
import { PlainText } from './plain-text.tsx'

/** Props of a {@link TextView}. */
export interface TextViewProps {
  readonly part: TextPart
}

/** Shows the text of one part, complete or not. */
export type TextView = ComponentType<TextViewProps>

/** Loads a renderer, so that no run waits for it; Markdown is a chunk of its own. */
export async function loadTextView(renderer: Settings['renderer']): Promise<TextView> {
  if (renderer === 'plain') return PlainText
  const { MarkdownText } = await import('./markdown-text.tsx')
  return MarkdownText
}
