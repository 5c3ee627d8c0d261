// One panel: a region with a conversation in a React root of its own, and the numbers beside it.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { ChatView, type MeteredStream } from '../chat/chat-view.tsx'
import { createEndFollower } from '../chat/end-follower.ts'
import type { TextView } from '../chat/text-view.ts'
import { find } from '../page/find.ts'
import type { PanelName } from '../settings.ts'
import { createFigureTable } from './figure-table.ts'
import type { PanelReading } from './figures.ts'
import { createInspectButton } from './inspect-button.ts'
import { createVerdictLine } from './verdict-line.ts'

/** A region of the page that shows one stream at a time. */
export interface Panel {
  readonly name: PanelName
  /** Shows a stream from its beginning, in place of the one before. */
  show(stream: MeteredStream, TextView: TextView): void
  /** Numbers as of now; null while there is no stream. */
  reading(): PanelReading | null
  /** Brings table and status up to date. */
  refresh(): void
  /** Empties the panel. */
  clear(): void
  hide(hidden: boolean): void
}

/** Makes a panel of its region in the page; `onCrash` is called when what it shows cannot be rendered. */
export function createPanel(name: PanelName, onCrash: (error: unknown) => void): Panel {
  const region = find(`[data-panel="${name}"]`)
  const scroller = find('.chat', region)
  const status = find('.status', region)
  const table = createFigureTable(find('.figures', region), name)
  const verdict = createVerdictLine(find('.verdict', region))
  const inspect = createInspectButton(region)
  const follower = createEndFollower(scroller)
  const root = createRoot(scroller, { onUncaughtError: onCrash })
  let stream: MeteredStream | null = null
  let commits = 0
  let shown = 0
  const onCommit = (): void => {
    commits++
    follower.follow()
  }
  const reading = (): PanelReading | null =>
    stream && { ...stream.metrics.snapshot(), commits, textLength: textLengthOf(stream) }
  const refresh = (): void => {
    const read = reading()
    table.write(read)
    verdict.write(read)
    const words = stream === null ? 'empty' : statusOf(stream)
    if (status.textContent !== words) status.textContent = words
    status.dataset['status'] = stream?.store.getState().status ?? 'idle'
  }
  return {
    name,
    reading,
    refresh,
    show(next, TextView) {
      stream = next
      commits = 0
      verdict.write(null)
      inspect.show(next)
      follower.reset()
      // A new key: no run inherits the DOM of the one before.
      root.render(createElement(ChatView, { key: ++shown, stream: next, TextView, onCommit }))
      refresh()
    },
    clear() {
      stream = null
      inspect.show(null)
      root.render(null)
      refresh()
    },
    hide(hidden) {
      region.hidden = hidden
    },
  }
}

function textLengthOf({ store }: MeteredStream): number {
  let length = 0
  for (const { role, text } of store.getState().messages) {
    if (role === 'assistant') length += text.length
  }
  return length
}

// The run and the wire are two things; the wire is worth a word only while the run goes on.
function statusOf({ store }: MeteredStream): string {
  const { status, connection } = store.getState()
  const isUnderWay = status === 'streaming' || status === 'idle'
  return isUnderWay && connection !== 'open' && connection !== 'idle' ? connection : status
}
