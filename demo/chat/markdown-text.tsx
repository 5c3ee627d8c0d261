// Text as Markdown, by streamdown: it closes what is still open and renders settled blocks only once.
// Its own buttons, highlighter and diagrams are left out: a plain element for each.
import type { ReactElement } from 'react'
import { type Components, Streamdown } from 'streamdown'

const components: Components = {
  a: 'a',
  code: 'code',
  pre: 'pre',
  table: ({ node: _, ...props }) => (
    <div className="table-scroll">
      <table {...props} />
    </div>
  ),
}

/** Shows Markdown that may end anywhere. */
export function MarkdownText({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="text text-markdown">
      <Streamdown components={components} controls={false}>
        {text}
      </Streamdown>
    </div>
  )
}
