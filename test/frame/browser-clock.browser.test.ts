import { expect, it } from 'vitest'
import { browserClock } from '../../src/frame/browser-clock.ts'

it('tells that a frame was rendered before tasks run that waited for it', async () => {
  const clock = browserClock()
  const order: string[] = []
  await new Promise<void>((resolve) => {
    clock.requestFrame(() => {
      clock.requestTask(() => {
        order.push('task')
        resolve()
      })
      clock.requestAfterPaint(() => void order.push('rendered'))
      clock.requestAfterPaint(() => void order.push('never'))()
      void Promise.resolve().then(() => order.push('frame'))
    })
  })
  expect(order).toEqual(['frame', 'rendered', 'task'])
})
