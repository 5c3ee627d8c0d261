import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const clockUrl = new URL('../../src/frame/browser-clock.ts', import.meta.url).href

it('keeps a Node process until its tasks have run, and no longer', async () => {
  const script = `
    import { browserClock } from '${clockUrl}'
    const clock = browserClock()
    clock.requestTask(() => {
      console.log('first')
      clock.requestTask(() => console.log('second'))
    })`
  const args = ['--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout).toBe('first\nsecond\n')
})
