import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blocksOf,
  LONG_CODE_CHARS,
  LONG_TEXT_CHARS,
  MAX_BLOCK_CHARS,
  NO_BLOCKS,
  splitBlocks,
} from '../../src/core/blocks.ts'
import type { TextBlocks } from '../../src/core/text-blocks.ts'
import { initialChatState, reduceChat } from '../../src/core/chat-state.ts'
import type { TextPart } from '../../src/core/chat-message.ts'
import type { AgentEvent } from '../../src/core/events.ts'

const split = (text: string): TextBlocks => splitBlocks(NO_BLOCKS, text)
const settledIn = ({ groups, recent }: TextBlocks) => [...groups.flat(), ...recent]
const textsOf = (blocks: TextBlocks): string[] =>
  [...settledIn(blocks), blocks.tail].map(({ text }) => text)
const blocksIn = (text: string): string[] => textsOf(split(text))

const pieces = [
  'A line of words.\n',
  '\n',
  'Some *more* text',
  '- item\n',
  '  continued\n',
  '1. one\n',
  '2) two\n',
  '```ts\n',
  '```\n',
  '~~~~\n',
  '    indented\n',
  '> quoted\n',
  '> ```\n',
  '$$\n',
  '<details>\n',
  '</details>\n',
  '<!-- ',
  ' -->\n',
  '| a | b |\n',
  '|---|---|\n',
  '# Title\n',
  '---\n',
  '===\n',
  '\r\n',
  ' \n',
  '[a]: http://b\n',
  '😀',
  '-',
  '12',
  '. ',
]
const anyText = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 60 })
  .map((texts) => texts.join(''))
const aLine = fc.constantFrom('x', 'words and ', '😀').map((text) => text.repeat(6000))
const aLongText = fc
  .array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          ...pieces,
          `${'log '.repeat(200)}\n`,
          `    ${'code '.repeat(200)}\n`,
        ),
      },
      aLine,
    ),
    { maxLength: 80 },
  )
  .map((texts) => texts.join('').repeat(3))
const anyCuts = fc.array(fc.nat({ max: 999 }), { maxLength: 12 })

function inDeltas(text: string, cuts: readonly number[]): string[] {
  const places = cuts.map((cut) => Math.floor((cut / 1000) * text.length)).toSorted((a, b) => a - b)
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length))
}

describe('splitBlocks', () => {
  it('makes the same blocks of the same text, however it comes, and loses nothing of it', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, aLongText), anyCuts, (text, cuts) => {
        const whole = split(text)
        const grown = inDeltas(text, cuts).reduce(splitBlocks, NO_BLOCKS)
        expect(textsOf(whole).join('')).toBe(text)
        expect(grown).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('makes the same blocks of single characters as of the whole', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(text.split('').reduce(splitBlocks, NO_BLOCKS)).toEqual(split(text))
      }),
    )
  })

  it('keeps what is settled, and complete groups with it', () => {
    let blocks = NO_BLOCKS
    for (let line = 0; line < 300; line++) {
      const next = splitBlocks(blocks, `Paragraph ${line}.\n\n`)
      const before = settledIn(blocks)
      expect(
        settledIn(next)
          .slice(0, before.length)
          .every((block, at) => block === before[at]),
      ).toBe(true)
      blocks.groups.forEach((group, at) => expect(next.groups[at]).toBe(group))
      blocks = next
    }
    expect(blocks.groups.map(({ length }) => length)).toEqual([64, 64, 64, 64])
    expect(blocks.recent).toHaveLength(43)
  })

  it('gives back what it was given for no text', () => {
    const blocks = split('a\n\nb')
    expect(splitBlocks(blocks, '')).toBe(blocks)
  })

  it.each<[string, string[]]>([
    ['One.\n\nTwo.\n\nThree', ['One.\n\n', 'Two.\n\n', 'Three']],
    ['One.\r\n\r\nTwo.', ['One.\r\n\r\n', 'Two.']],
    ['Line\nline\nline', ['Line\nline\nline']],
    ['# A\n\n## B\n', ['# A\n\n', '## B\n']],
    ['Title\n===\n\nText', ['Title\n===\n\n', 'Text']],
    ['- a\n\n- b\n\n  more\n\nText', ['- a\n\n- b\n\n  more\n\n', 'Text']],
    ['1. a\n\n10. b\n\n2024 is a year', ['1. a\n\n10. b\n\n', '2024 is a year']],
    ['Text:\n\n- a', ['Text:\n\n', '- a']],
    ['- a\n\n**bold**', ['- a\n\n', '**bold**']],
    ['- a\n\n---\n\nb', ['- a\n\n', '---\n\n', 'b']],
    ['    code\n\n    code\n\nText', ['    code\n\n    code\n\n', 'Text']],
    ['> a\n\n> b', ['> a\n\n', '> b']],
    ['```js\na\n\nb\n```\n\nText', ['```js\na\n\nb\n```\n\n', 'Text']],
    ['````md\n```\n\na\n```\n\nb\n````\n\nText', ['````md\n```\n\na\n```\n\nb\n````\n\n', 'Text']],
    ['```\n    ```\n\na\n```\n\nText', ['```\n    ```\n\na\n```\n\n', 'Text']],
    ['~~~\n```\n\na\n~~~\n\nText', ['~~~\n```\n\na\n~~~\n\n', 'Text']],
    ['```not a fence``` \n\nText', ['```not a fence``` \n\n', 'Text']],
    ['- ```js\n  a\n\n  b\n  ```\n\nText', ['- ```js\n  a\n\n  b\n  ```\n\n', 'Text']],
    ['- ```js\n  a\n\nText\n\nMore', ['- ```js\n  a\n\nText\n\n', 'More']],
    ['> ```js\n> a\n\nText\n\nMore', ['> ```js\n> a\n\n', 'Text\n\n', 'More']],
    ['$$\na\n\nb\n$$\n\nText', ['$$\na\n\nb\n$$\n\n', 'Text']],
    ['$$ a = b $$\n\nText', ['$$ a = b $$\n\n', 'Text']],
    [
      '<details>\n\na\n\n```html\n</details>\n\nx\n```\n\n</details>\n\nText',
      ['<details>\n\na\n\n```html\n</details>\n\nx\n```\n\n</details>\n\n', 'Text'],
    ],
    ['<div><div>\n\n</div>\n\na</div>\n\nText', ['<div><div>\n\n</div>\n\na</div>\n\n', 'Text']],
    ['<!-- a\n\nb -->\n\nText', ['<!-- a\n\nb -->\n\n', 'Text']],
    ['<pre>\n```\n\n</pre>\n\nText', ['<pre>\n```\n\n</pre>\n\n', 'Text']],
    ['<br>\n\nText', ['<br>\n\n', 'Text']],
    ['<Note />\n\nText', ['<Note />\n\n', 'Text']],
    ['| a |\n|---|\n| b |\n\nText', ['| a |\n|---|\n| b |\n\n', 'Text']],
  ])('cuts %j where it can be rendered apart', (text, blocks) => {
    expect(blocksIn(text)).toEqual(blocks)
  })

  it.each(['- a\n\n-', '1. a\n\n12', '1. a\n\n12.', '- a\n\n ', 'a\n\n'])(
    'waits while %j does not tell what begins',
    (text) => expect(blocksIn(text)).toEqual([text]),
  )
})

describe('a block that does not end', () => {
  it('cuts code at lines, and begins each piece with the first line of its fence', () => {
    const line = `${'code '.repeat(15)}\n`
    const text = `\`\`\`ts\n${line.repeat(1000)}\`\`\`\n\nText`
    const blocks = split(text)
    const code = settledIn(blocks)
    expect(code.length).toBeGreaterThan(3)
    for (const { text, markdown } of code) {
      expect(text.length).toBeLessThanOrEqual(LONG_CODE_CHARS + line.length)
      expect(text.endsWith('\n')).toBe(true)
      expect(markdown.startsWith('```ts\n')).toBe(true)
      expect(markdown.endsWith(text)).toBe(true)
    }
    expect(blocks.tail).toEqual({ text: 'Text', markdown: 'Text' })
  })

  it('leaves the last line of a fence with its code', () => {
    const code = `${'x'.repeat(99)}\n`.repeat(Math.ceil(LONG_CODE_CHARS / 100))
    expect(settledIn(split(`\`\`\`\n${code}\`\`\`\n\nText`))).toHaveLength(1)
  })

  it('repeats the header of a table', () => {
    const header = '| name | value |\n| --- | ---: |\n'
    const blocks = split(header + '| a | 1 |\n'.repeat(5000))
    for (const { markdown } of settledIn(blocks)) expect(markdown.startsWith(header)).toBe(true)
    expect(settledIn(blocks).length).toBeGreaterThan(2)
  })

  it('does not cut a long list within an item', () => {
    const item = `- item\n  ${'more '.repeat(20)}\n    - nested\n`
    const blocks = settledIn(split(item.repeat(1000)))
    for (const { text } of blocks) {
      expect(text).toMatch(/^- item/)
      expect(text.length).toBeLessThan(LONG_TEXT_CHARS + item.length)
    }
    expect(blocks.length).toBeGreaterThan(10)
  })

  it('bounds a block that offers no place at all, and never halves a character', () => {
    const blocks = split('😀'.repeat(MAX_BLOCK_CHARS * 2))
    for (const text of textsOf(blocks)) {
      expect(text.length).toBeLessThanOrEqual(MAX_BLOCK_CHARS)
      expect(text.isWellFormed()).toBe(true)
    }
    expect(blocks.groups).toEqual([])
  })

  it('prefers the end of a line where nothing stands at the margin', () => {
    const blocks = split(`  ${'word '.repeat(20)}\n`.repeat(2000))
    expect(settledIn(blocks).length).toBeGreaterThan(3)
    for (const { text } of settledIn(blocks)) expect(text.endsWith('\n')).toBe(true)
  })

  it('reads a hostile text in time that grows with its length only', () => {
    const hostile = [
      '<a '.repeat(300_000),
      '|a\n|-\n'.repeat(150_000),
      '- '.repeat(400_000),
      '`'.repeat(900_000),
      '> '.repeat(400_000),
      '<a\n'.repeat(300_000),
      '$$'.repeat(400_000),
      '[<'.repeat(400_000),
    ]
    const startedAt = performance.now()
    for (const text of hostile) expect(blocksIn(text).join('')).toBe(text)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })
})

describe('blocksOf', () => {
  const content = (delta: string, messageId = 'm'): AgentEvent => ({
    type: 'TEXT_MESSAGE_CONTENT',
    messageId,
    delta,
  })
  const partIn = (state: ReturnType<typeof initialChatState>): TextPart => {
    const part = state.messages[0]?.parts[0]
    if (part?.type !== 'text') throw new Error('expected a text part')
    return part
  }

  it('goes on from the blocks of the part that grew', () => {
    let state = reduceChat(initialChatState(), [content('One.\n\nTw')])
    const first = blocksOf(partIn(state))
    state = reduceChat(state, [content('o.\n\nThr')])
    state = reduceChat(state, [content('ee.'), { type: 'TEXT_MESSAGE_END', messageId: 'm' }])
    const last = blocksOf(partIn(state))
    expect(textsOf(last)).toEqual(['One.\n\n', 'Two.\n\n', 'Three.'])
    expect(settledIn(last)[0]).toBe(settledIn(first)[0])
    expect(partIn(state)).toEqual({
      id: 'm:0',
      type: 'text',
      text: 'One.\n\nTwo.\n\nThree.',
      state: 'done',
    })
  })

  it('gives the same blocks for the same part', () => {
    const part: TextPart = { id: 'p', type: 'text', text: 'a\n\nb', state: 'done' }
    expect(blocksOf(part)).toBe(blocksOf(part))
    expect(textsOf(blocksOf({ ...part }))).toEqual(['a\n\n', 'b'])
  })

  it('agrees with the text of every part, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.boolean())), (deltas) => {
        let state = initialChatState()
        for (const [delta, ask] of deltas) {
          state = reduceChat(state, [content(delta), { type: 'TEXT_MESSAGE_END', messageId: 'm' }])
          if (ask && state.messages[0]?.parts[0]) blocksOf(partIn(state))
        }
        if (!state.messages[0]?.parts[0]) return
        const part = partIn(state)
        expect(blocksOf(part)).toEqual(split(part.text))
      }),
    )
  })
})
