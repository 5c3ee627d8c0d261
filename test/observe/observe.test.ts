// Pages in which not everything can be patched: the rest is, and nothing is thrown.
import { afterEach, expect, it, vi } from 'vitest'
import { observe } from '../../src/observe/index.ts'

afterEach(() => vi.unstubAllGlobals())

class Mock {
  close(): void {}
}

// What cannot be changed stays so, for this file.
const { fetch } = globalThis
Object.defineProperty(globalThis, 'fetch', { writable: false, configurable: false })

it.each([
  ['a mock without listeners', Mock],
  ['a mock that constructs nothing', () => {}],
  ['no EventSource', undefined],
])('does without a fetch that is frozen, and with %s', (_, EventSource) => {
  vi.stubGlobal('document', {})
  vi.stubGlobal('EventSource', EventSource)
  const { WebSocket } = globalThis
  const watching = observe()
  expect(globalThis.fetch).toBe(fetch)
  expect(globalThis.WebSocket).not.toBe(WebSocket)
  if (EventSource === Mock) expect(new globalThis.EventSource('/')).toBeInstanceOf(Mock)
  watching.stop()
  expect(globalThis.EventSource).toBe(EventSource)
  expect(globalThis.WebSocket).toBe(WebSocket)
})
