// Text as Markdown, block by block, each by streamdown, which closes what is still open in the last one.
// Its own buttons, highlighter and diagrams are left out: a plain element for each.
import { StreamText } from 'framewise/react'
import type { ReactElement } from 'react'
import { type Components, Streamdown } from 'streamdown'
import type { TextViewProps } from './text-view.ts'

/** Plain elements in the place of streamdown’s own. */
export const components: Components = {
  a: 'a',
  code: 'code',
  pre: 'pre',
  strong: 'strong',
  table: ({ node: _, ...props }) => (
    <div className="table-scroll">
      <table {...props} />
    </div>
  ),
}

const renderBlock = (markdown: string, settled: boolean): ReactElement => (
  <Streamdown components={components} controls={false} parseIncompleteMarkdown={!settled}>
    {markdown}
  </Streamdown>
)

/** Shows Markdown that may end anywhere. */
export function MarkdownText({ part }: TextViewProps): ReactElement {
  return <StreamText className="text text-markdown" part={part} renderBlock={renderBlock} />
}
