// A watcher of a page whose time stands still, for tests without a browser.
import { onTestFinished, vi } from 'vitest'
import type { ObserveOptions } from '../../src/observe/index.ts'
import { createWatcher, type Watcher } from '../../src/observe/watcher.ts'
import { createManualClock, type ManualClock } from '../../src/testing/manual-clock.ts'

/** What a test holds. */
export interface SetUp {
  readonly clock: ManualClock
  readonly watcher: Watcher
}

/** Makes a watcher; what it needs of a page is there until the test is over. */
export function setUpWatcher(options: ObserveOptions = {}): SetUp {
  const clock = createManualClock()
  // Without channels its tasks are the clock's, which itself needs them.
  vi.stubGlobal('MessageChannel', undefined)
  const watcher = createWatcher(clock, options, fetch)
  vi.unstubAllGlobals()
  vi.stubGlobal('location', { href: 'http://page.test/' })
  onTestFinished(() => void vi.unstubAllGlobals())
  return { clock, watcher }
}
