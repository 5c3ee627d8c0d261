// How the lab shows text: by the demo's own chat, and for the consumer written by hand by one component that gives all
// of its text to the same renderer.
import type { HandStore, LabRenderers } from 'framewise/metrics'
import { type ReactElement, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { Streamdown } from 'streamdown'
import { ChatView, type MeteredStream } from '../chat/chat-view.tsx'
import { components, MarkdownText } from '../chat/markdown-text.tsx'
import { PlainText } from '../chat/plain-text.tsx'
import type { TextView } from '../chat/text-view.ts'
import type { Settings } from '../settings.ts'

/** The ways to show text, up to the one that is asked for. */
export function labRenderers(upTo: Settings['renderer']): LabRenderers {
  const plain = chat(PlainText)
  return upTo === 'plain'
    ? { plain, byHand: byHand((text) => <div className="text text-plain">{text}</div>) }
    : { plain, markdown: chat(MarkdownText), byHand: byHand(markdown) }
}

const markdown = (text: string): ReactElement => (
  <div className="text text-markdown">
    <Streamdown components={components} controls={false}>
      {text}
    </Streamdown>
  </div>
)

function chat(View: TextView): LabRenderers['plain'] {
  return (stage: HTMLElement, stream: MeteredStream, fail) =>
    mount(stage, <ChatView stream={stream} TextView={View} onCommit={() => {}} />, fail)
}

function byHand(show: (text: string) => ReactElement): LabRenderers['byHand'] {
  return (stage, store, fail) => mount(stage, <HandWritten store={store} show={show} />, fail)
}

function mount(
  stage: HTMLElement,
  element: ReactElement,
  fail: (error: unknown) => void,
): () => void {
  const root = createRoot(stage, { onUncaughtError: fail })
  root.render(element)
  return () => root.unmount()
}

interface HandWrittenProps {
  readonly store: HandStore
  readonly show: (text: string) => ReactElement
}

function HandWritten({ store, show }: HandWrittenProps): ReactElement {
  return show(useSyncExternalStore(store.subscribe, () => store.getState().text))
}
