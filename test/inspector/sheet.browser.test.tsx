// The panel's styles against the application's: neither reaches the other, and a strict policy lets them be.
import { afterEach, expect, it } from 'vitest'
import { StreamInspector } from 'framewise/inspector'
import { aSnapshot } from '../metrics/a-snapshot.ts'
import { element, root } from '../react/page.ts'
import { hosts, inside, looked, scripted } from './page.tsx'

const style = document.createElement('style')
afterEach(() => style.remove())

it('is broken by no style of the application, and leaves none there', async () => {
  style.textContent = `* { display: none !important; color: red !important } body { font-size: 40px }`
  const before = getComputedStyle(element).fontSize
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} />)
  await looked()
  const sheets = document.styleSheets.length
  const look = (): object => {
    const { display, color, fontSize } = getComputedStyle(inside('button'))
    const { position, display: shown } = getComputedStyle(hosts()[0] as Element)
    return { display, color, fontSize, position, shown }
  }
  const alone = look()
  expect(alone).toMatchObject({ fontSize: '12px', position: 'fixed', shown: 'block' })
  // What the application says of its body as `none` would hide all: only of what stands in it.
  style.textContent = `body * { display: none !important; color: red !important; position: static }`
  document.head.append(style)
  const hurt = look()
  expect({ ...hurt, shown: 'block' }).toEqual({ ...alone, shown: 'block' })
  expect(getComputedStyle(hosts()[0] as Element).display).toBe('block')
  style.remove()
  expect(document.styleSheets.length).toBe(sheets)
  expect(getComputedStyle(element).fontSize).toBe(before)
})

it('makes no style element and no style attribute in markup', async () => {
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} />)
  await looked()
  const shadow = hosts()[0]?.shadowRoot
  expect(shadow?.querySelectorAll('style, link')).toHaveLength(0)
  expect(shadow?.adoptedStyleSheets).toHaveLength(1)
})

it('is readable in 320 pixels: nothing is wider than the panel', async () => {
  element.style.width = '304px'
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} position="inline" />)
  await looked()
  const body = inside('.body')
  expect(inside('.panel').getBoundingClientRect().width).toBe(304)
  expect(body.scrollWidth).toBeLessThanOrEqual(body.clientWidth)
  for (const cell of body.querySelectorAll('td:not(.bar), th')) {
    expect(cell.scrollWidth, cell.textContent).toBeLessThanOrEqual(cell.clientWidth)
  }
})
