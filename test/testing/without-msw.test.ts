import { expect, it, vi } from 'vitest'

it('needs msw for the mocked relay only', async () => {
  vi.doMock('msw', () => {
    throw new Error('msw is not installed')
  })
  const { createManualClock, mockAgentStream } = await import('../../src/testing/index.ts')
  expect(createManualClock().now()).toBe(0)
  await expect(mockAgentStream()).rejects.toThrow()
  vi.doUnmock('msw')
})
