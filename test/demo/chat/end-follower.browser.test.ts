import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEndFollower, type EndFollower } from '../../../demo/chat/end-follower.ts'

let scroller: HTMLElement
let follower: EndFollower

beforeEach(() => {
  scroller = document.createElement('div')
  scroller.style.cssText = 'height: 100px; overflow-y: auto; overflow-anchor: none'
  document.body.append(scroller)
  follower = createEndFollower(scroller)
  grow(300)
})

afterEach(() => scroller.remove())

const grow = (height: number): HTMLElement => {
  const line = document.createElement('div')
  line.style.height = `${height}px`
  scroller.append(line)
  follower.follow()
  return line
}

const fromEnd = (): number => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight

const scrolled = (): Promise<unknown> =>
  new Promise((resolve) => scroller.addEventListener('scroll', resolve, { once: true }))

describe('createEndFollower', () => {
  it('keeps the end in view while the content grows', () => {
    for (let line = 0; line < 5; line++) grow(50)
    expect(fromEnd()).toBe(0)
  })

  it('leaves a reader alone who went up, even before the scroll event came', () => {
    scroller.scrollTop = 80
    grow(50)
    grow(50)
    expect(scroller.scrollTop).toBe(80)
  })

  it('follows again once the reader is back at the end', async () => {
    scroller.scrollTop = 80
    grow(50)
    scroller.scrollTop = scroller.scrollHeight
    await scrolled()
    grow(50)
    expect(fromEnd()).toBe(0)
  })

  it('goes on following when the content becomes shorter', () => {
    const block = grow(200)
    block.style.height = '20px'
    follower.follow()
    grow(50)
    expect(fromEnd()).toBe(0)
  })

  it('follows from anew after a reset', () => {
    scroller.scrollTop = 80
    grow(50)
    follower.reset()
    grow(50)
    expect(fromEnd()).toBe(0)
  })
})
