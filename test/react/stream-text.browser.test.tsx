import { Profiler, type ReactNode } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAgentStream, type TextPart } from 'framewise'
import { StreamText, useAgentStream } from 'framewise/react'
import { fakeTransport, scenario, textOf } from 'framewise/testing'

let root: Root
let element: HTMLElement

beforeEach(() => {
  element = document.body.appendChild(document.createElement('div'))
  element.style.width = '300px'
  root = createRoot(element)
})
afterEach(() => {
  root.unmount()
  element.remove()
})

const part = (text: string, state: TextPart['state'] = 'streaming'): TextPart => ({
  id: 'p',
  type: 'text',
  text,
  state,
})
const committed = (node: ReactNode): Promise<void> =>
  new Promise((resolve) =>
    root.render(
      <Profiler id="x" onRender={() => resolve()}>
        {node}
      </Profiler>,
    ),
  )

const prose = textOf(scenario({ events: 3000, chunk: 6, seed: 7 }))
const texts: Record<string, string> = {
  prose,
  'line ends only': '\n\n\n',
  'line ends at both ends': '\n\na\n\nb\n\n\n',
  'one line': 'word '.repeat(2000),
  'a line longer than a block': `a\n\n${'0123456789'.repeat(8000)}\nb`,
  'spaces and tabs': '  a\tb   c\n\n\t\n    d  \n',
  'lines without a paragraph': 'a log line\n'.repeat(4000),
}

describe('StreamText as it is', () => {
  it.each(Object.entries(texts))('looks and copies like one text: %s', async (_, text) => {
    await committed([
      // What is skipped has only an estimated size.
      <style key="s">{'span { content-visibility: visible !important }'}</style>,
      <StreamText key="a" part={part(text)} />,
      <div key="b" style={{ whiteSpace: 'pre-wrap' }}>
        {text}
      </div>,
    ])
    const [, ours, plain] = element.children as unknown as HTMLElement[]
    if (ours === undefined || plain === undefined) throw new Error('expected two texts')
    expect(ours.textContent).toBe(text)
    expect(ours.getBoundingClientRect().height).toBe(plain.getBoundingClientRect().height)
    expect(selected(ours)).toBe(selected(plain))
  })

  it('copies what is too far to be laid out', async () => {
    const text = prose.repeat(40)
    await committed(<StreamText part={part(text)} />)
    const [shown] = element.children as unknown as [HTMLElement]
    await vi.waitFor(() => expect([...shown.children].filter(isSkipped).length).toBeGreaterThan(30))
    expect(selected(shown)).toBe(text.replace(/\n$/, ''))
  })

  it('keeps its height when what was shown is far', async () => {
    const scroller = element.appendChild(document.createElement('div'))
    scroller.style.cssText = 'height: 200px; overflow: auto'
    const inner = createRoot(scroller)
    onTestFinished(() => inner.unmount())
    const text = prose.repeat(8)
    // Less than a group a step: each is complete for a frame before it is far.
    const step = Math.floor(prose.length / 2)
    for (let shown = step; shown < text.length + step; shown += step) {
      const begun = text.slice(0, shown)
      inner.render(<StreamText text={begun} />)
      await vi.waitFor(() => expect(scroller.textContent).toHaveLength(begun.length))
      scroller.scrollTop = scroller.scrollHeight
      // The next callback comes after this frame's layout, by which the browser remembers sizes.
      await new Promise(requestAnimationFrame)
      await new Promise(requestAnimationFrame)
    }
    await vi.waitFor(() =>
      expect(
        [...(scroller.firstElementChild?.children ?? [])].filter(isSkipped).length,
      ).toBeGreaterThan(4),
    )
    const plain = element.appendChild(document.createElement('div'))
    plain.style.cssText = 'white-space: pre-wrap'
    plain.style.width = `${scroller.clientWidth}px`
    plain.textContent = text
    expect(scroller.scrollHeight).toBe(plain.offsetHeight)
  })

  it('passes on what an element takes', async () => {
    await committed(
      <StreamText
        as="p"
        part={part('a')}
        className="c"
        style={{ color: 'red' }}
        data-x="1"
        lang="fr"
      />,
    )
    const shown = element.querySelector('p')
    expect(shown?.className).toBe('c')
    expect(shown?.dataset['x']).toBe('1')
    expect(shown?.lang).toBe('fr')
    expect(shown?.style.color).toBe('red')
    expect(shown?.style.whiteSpace).toBe('pre-wrap')
  })

  it('takes bare text that grows, shrinks or is another', async () => {
    for (const text of ['One.\n\nTw', 'One.\n\nTwo.\n\nThree', 'Other', '', 'Oth']) {
      await committed(<StreamText text={text} />)
      expect(element.textContent).toBe(text)
    }
  })

  it('touches only the end of a long text', async () => {
    await committed(<StreamText text={prose} />)
    const changes: Node[] = []
    const observer = new MutationObserver((records) =>
      changes.push(...records.map(({ target }) => target)),
    )
    observer.observe(element, { characterData: true, childList: true, subtree: true })
    await committed(<StreamText text={`${prose}more`} />)
    observer.takeRecords().forEach(({ target }) => changes.push(target))
    observer.disconnect()
    expect(element.textContent).toBe(`${prose}more`)
    expect(changes).toHaveLength(1)
    expect(changes[0]?.textContent?.length).toBeLessThan(3000)
  })

  it('takes over what a server rendered', async () => {
    const node = <StreamText text={prose} />
    const host = document.body.appendChild(document.createElement('div'))
    host.innerHTML = renderToString(node)
    const before = host.innerHTML
    const complaints: unknown[] = []
    await new Promise<void>((resolve) => {
      const hydrated = hydrateRoot(
        host,
        <Profiler id="x" onRender={() => resolve()}>
          {node}
        </Profiler>,
        { onRecoverableError: (error) => complaints.push(error) },
      )
      onTestFinished(() => hydrated.unmount())
    })
    expect(host.textContent).toBe(prose)
    expect(host.innerHTML).toBe(before)
    expect(complaints).toEqual([])
  })
})

describe('StreamText by blocks', () => {
  it('renders a settled block once, whatever the function', async () => {
    const calls: Record<string, number> = {}
    const show = (text: string, state?: TextPart['state']): Promise<void> =>
      committed(
        <StreamText
          part={part(text, state)}
          renderBlock={(markdown, settled) => {
            calls[`${markdown.trim()} ${settled}`] =
              (calls[`${markdown.trim()} ${settled}`] ?? 0) + 1
            return <p>{markdown}</p>
          }}
        />,
      )
    await show('One.\n\nTwo.\n\nTh')
    await show('One.\n\nTwo.\n\nThree.\n\nFour')
    const paragraphs = [...element.querySelectorAll('p')]
    await show('One.\n\nTwo.\n\nThree.\n\nFour.', 'done')
    await show('One.\n\nTwo.\n\nThree.\n\nFour.', 'done')
    expect(calls).toEqual({
      'One. true': 1,
      'Two. true': 1,
      'Th false': 1,
      'Three. true': 1,
      'Four false': 1,
      'Four. true': 1,
    })
    expect([...element.querySelectorAll('p')]).toEqual(paragraphs)
  })

  it('keeps every element while groups fill', async () => {
    const renderBlock = vi.fn((markdown: string) => <p>{markdown}</p>)
    const seen: Element[] = []
    let text = ''
    for (let block = 0; block < 150; block++) {
      text += `Paragraph ${block}.\n\n`
      await committed(<StreamText part={part(text)} renderBlock={renderBlock} />)
      const shown = [...element.querySelectorAll('p')]
      seen.forEach((before, at) => expect(shown[at]).toBe(before))
      seen.push(...shown.slice(seen.length))
    }
    expect(seen).toHaveLength(150)
    // Each once as the tail and once as settled.
    expect(renderBlock.mock.calls.length).toBeLessThanOrEqual(300)
  })

  it('renders nothing anew for the final copy of a message', async () => {
    const transport = fakeTransport()
    const stream = createAgentStream({ transport })
    let calls = 0
    const renderBlock = (markdown: string): ReactNode => {
      calls++
      return <p>{markdown}</p>
    }
    function Chat(): ReactNode {
      const { messages } = useAgentStream(stream)
      const last = messages[0]?.parts[0]
      return last?.type === 'text' && <StreamText part={last} renderBlock={renderBlock} />
    }
    root.render(<Chat />)
    stream.connect()
    await vi.waitFor(() => expect(transport.connected).toBe(true))
    const text = 'One.\n\nTwo.\n\nThree.'
    transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: text })
    transport.send({ type: 'TEXT_MESSAGE_END', messageId: 'm' })
    await vi.waitFor(() =>
      expect(stream.store.getState().messages[0]?.parts[0]).toMatchObject({ state: 'done' }),
    )
    await vi.waitFor(() => expect(element.querySelectorAll('p')).toHaveLength(3))
    await new Promise(requestAnimationFrame)
    const before = calls
    const message = { id: 'm', role: 'assistant', content: text }
    transport.send({ type: 'MESSAGES_SNAPSHOT', messages: [message] })
    transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'other', delta: 'x' })
    await vi.waitFor(() => expect(stream.store.getState().messages).toHaveLength(2))
    await new Promise(requestAnimationFrame)
    expect(calls).toBe(before)
    stream.close()
  })
})

function selected(node: Node): string {
  const selection = getSelection()
  selection?.selectAllChildren(node)
  const text = String(selection)
  selection?.removeAllRanges()
  return text
}

function isSkipped({ firstElementChild: row }: Element): boolean {
  return row?.checkVisibility({ contentVisibilityAuto: true }) === false
}
