// The panel's styles against the application's: neither reaches the other, and a strict policy lets them be.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type InspectorPosition, StreamInspector } from 'framewise/inspector'
import type { ReactNode } from 'react'
import { page } from 'vitest/browser'
import { aSnapshot } from '../metrics/a-snapshot.ts'
import { element, root } from '../react/page.ts'
import { hosts, inside, looked, scripted } from './page.tsx'

const style = document.createElement('style')
const { innerWidth: wide, innerHeight: high } = window
afterEach(() => {
  style.remove()
  return page.viewport(wide, high)
})

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
  expect(alone).toMatchObject({ fontSize: '12px', position: 'fixed', shown: 'flex' })
  // What the application says of its body as `none` would hide all: only of what stands in it.
  style.textContent = `body * { display: none !important; color: red !important; position: static }`
  document.head.append(style)
  const hurt = look()
  expect({ ...hurt, shown: 'flex' }).toEqual({ ...alone, shown: 'flex' })
  expect(getComputedStyle(hosts()[0] as Element).display).toBe('flex')
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

const panels = (): readonly HTMLElement[] =>
  hosts().flatMap((host) => [...(host.shadowRoot?.querySelectorAll<HTMLElement>('.panel') ?? [])])

function Panels(props: {
  readonly count: number
  readonly position?: InspectorPosition
  readonly collapsed?: boolean
}): ReactNode {
  const { count, position, collapsed } = props
  return Array.from({ length: count }, (_, at) => (
    <StreamInspector
      key={at}
      stream={streams[at] ?? scripted(() => aSnapshot())}
      position={position}
      collapsed={collapsed === true && at === 0}
    />
  ))
}
const streams = [0, 1, 2].map((at) => ({
  ...scripted(() => aSnapshot()),
  id: `/run/${at}?token=x`,
}))

describe.each(['top-left', 'bottom-right'] as const)(
  'of several panels in a corner, %s,',
  (position) => {
    it.each([
      [1000, 700],
      [320, 560],
    ])('none lies on another or leaves a window of %i × %i', async (width, height) => {
      await page.viewport(width, height)
      root.render(<Panels count={3} position={position} />)
      await vi.waitFor(() => expect(panels()).toHaveLength(3))
      await vi.waitFor(() => expect(panels()[2]?.querySelector('.kind')?.textContent).not.toBe(''))
      let bottom = 0
      for (const panel of panels()) {
        const box = panel.getBoundingClientRect()
        expect(box.top).toBeGreaterThanOrEqual(bottom)
        expect(box.left).toBeGreaterThanOrEqual(8)
        expect(box.right).toBeLessThanOrEqual(innerWidth - 8)
        // A head and something of what it measures, and the rest can be reached.
        const body = panel.querySelector('.body')
        expect(body?.clientHeight).toBeGreaterThan(60)
        expect(body?.scrollHeight).toBeGreaterThan(body?.clientHeight ?? 0)
        bottom = box.bottom
      }
      expect(bottom).toBeLessThanOrEqual(innerHeight - 8)
    })

    it('a collapsed one leaves its room to the others, and one that goes too', async () => {
      await page.viewport(1000, 700)
      root.render(<Panels count={2} position={position} collapsed />)
      await vi.waitFor(() => expect(panels()).toHaveLength(2))
      await vi.waitFor(() => expect(panels()[1]?.querySelector('.kind')?.textContent).not.toBe(''))
      const labels = panels().map(({ ariaLabel }) => ariaLabel)
      expect(labels).toEqual(['Stream inspector, /run/0', 'Stream inspector, /run/1'])
      const [small, large] = panels().map((panel) => panel.getBoundingClientRect().height)
      const head = panels()[0]?.querySelector('header')?.getBoundingClientRect().height
      expect(small).toBeCloseTo((head ?? 0) + 2, 0)
      expect((small ?? 0) + (large ?? 0)).toBeGreaterThan(600)
      root.render(<Panels count={1} position={position} />)
      await vi.waitFor(() => expect(panels()).toHaveLength(1))
      root.render(null)
      await vi.waitFor(() => expect(hosts()).toHaveLength(0))
    })
  },
)
