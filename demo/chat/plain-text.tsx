// Text as it is: the cheapest renderer there is.
import type { ReactElement } from 'react'

/** Shows text without looking at it. */
export function PlainText({ text }: { readonly text: string }): ReactElement {
  return <div className="text text-plain">{text}</div>
}
