// Blocks rendered one by one against the whole text rendered at once, by a renderer that knows nothing of them.
import { scenario, textOf } from 'framewise/testing'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Streamdown } from 'streamdown'
import { describe, expect, it } from 'vitest'
import { NO_BLOCKS, splitBlocks } from '../../src/core/blocks.ts'

function html(markdown: string): string {
  const plain = { code: 'code', pre: 'pre', table: 'table', a: 'a', img: 'img' } as const
  const node: ReactNode = (
    <Streamdown mode="static" components={plain} controls={false}>
      {markdown}
    </Streamdown>
  )
  // Without the element around it, and without the line ends between blocks, which show nothing.
  return renderToStaticMarkup(node)
    .replace(/^<div[^>]*>/, '')
    .replace(/<\/div>$/, '')
    .replaceAll(/>\s+</g, '><')
    .trim()
}

function htmlOfBlocks(text: string): string {
  const { groups, recent, tail } = splitBlocks(NO_BLOCKS, text)
  return [...groups.flat(), ...recent, tail].map(({ markdown }) => html(markdown)).join('')
}

const documents = {
  prose: textOf(scenario({ events: 4000, chunk: 4, seed: 3 })),
  lists:
    '- a\n- b\n\n  more of b\n\n      code in b\n\n- c\n    1. d\n\n    2. e\n\nText\n\n3. f\n\n4. g\n\n* h\n',
  fences:
    'A:\n\n```js\nlet a\n\n\nlet b\n```\n\n~~~\n```\n\n# no\n~~~\n\n1. do:\n\n   ```sh\n   a\n\n   b\n   ```\n\n2. then\n\n> ```\n> q\n\nend\n',
  quotes: '> a\n>\n> b\nlazy\n\n> c\n\ntext\n',
  tables: '| a | b |\n|---|---|\n| 1 | 2 |\n\ntext\n\n| c |\n|---|\n| 3 |\n',
  headings: 'One\n===\n\nTwo\n---\n\n# Three\ntext\n\n---\n\n***\n\nfour\n',
  elements:
    '<details>\n<summary>s</summary>\n\n- a\n\n```html\n</details>\n```\n\nmore\n\n</details>\n\ntext <b>x</b>\n',
  code: '    one\n\n    two\n\ntext\n\n    three\n',
}

describe('blocks', () => {
  it.each(Object.entries(documents))('render %s as the whole does', (_, text) => {
    expect(splitBlocks(NO_BLOCKS, text).recent.length).toBeGreaterThan(0)
    expect(htmlOfBlocks(text)).toBe(html(text))
  })

  it('show the code of a long fence in whole lines, once each', () => {
    const lines = Array.from({ length: 2000 }, (_, line) => `let line${line} = 0`)
    const shown = htmlOfBlocks(`\`\`\`js\n${lines.join('\n')}\n\`\`\`\n`)
    expect(shown.match(/let line\d+ = 0/g)).toEqual(lines)
    expect(shown).not.toContain('`')
  })
})
