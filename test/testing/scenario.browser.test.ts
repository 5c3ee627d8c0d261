import { expect, it } from 'vitest'

it('runs in a Worker, as the bundler of a page loads it', async () => {
  const url = new URL('./scenario-worker.ts', import.meta.url)
  const worker = new Worker(url, { type: 'module' })
  const answer = new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data))
    worker.addEventListener('error', ({ message }) => reject(new Error(message)))
  })
  expect(await answer).toBe(42)
  worker.terminate()
})
