// Text as it is: the cheapest renderer there is.
import { StreamText } from 'framewise/react'
import type { ReactElement } from 'react'
import type { TextViewProps } from './text-view.ts'

/** Shows text without looking at it. */
export function PlainText({ part }: TextViewProps): ReactElement {
  return <StreamText className="text text-plain" part={part} />
}
