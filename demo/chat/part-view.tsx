// One part of a message. Text is the point; reasoning and tools are told in small print.
import type { MessagePart } from 'framewise'
import { memo, type ReactElement } from 'react'
import type { TextView } from './text-view.ts'

/** Props of {@link PartView}. */
export interface PartViewProps {
  readonly part: MessagePart
  readonly TextView: TextView
}

/** Shows a part; renders again only when that part changed. */
export const PartView = memo(function PartView({ part, TextView }: PartViewProps): ReactElement {
  switch (part.type) {
    case 'text':
      return <TextView part={part} />
    case 'reasoning':
      return <Aside label="Reasoning">{part.text}</Aside>
    case 'tool-call':
      return (
        <Aside label={`Calls ${part.name || 'a tool'}`} mono>
          {part.args}
        </Aside>
      )
    case 'tool-result':
      return (
        <Aside label="Result" mono>
          {part.content}
        </Aside>
      )
    case 'data':
      return <Aside label={part.name}>{JSON.stringify(part.value)}</Aside>
  }
})

interface AsideProps {
  readonly label: string
  readonly mono?: boolean | undefined
  readonly children: string
}

function Aside({ label, mono = false, children }: AsideProps): ReactElement {
  return (
    <div className={mono ? 'aside aside-mono' : 'aside'}>
      <span className="aside-label">{label}</span> {children}
    </div>
  )
}
