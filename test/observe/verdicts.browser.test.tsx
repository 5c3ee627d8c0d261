// The same fault, seen from within by the SDK's own meter and from outside by `observe()`: the verdicts must be of one kind.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { observe, type Watching } from '../../src/observe/index.ts'
import {
  type App,
  asEvents,
  chatPieces,
  eventSourceApp,
  type Fault,
  sdkApp,
  socketApp,
  useChatApp,
} from './apps.tsx'
import { EVENTS, type Played, put } from './scripts.ts'

let watching: Watching
beforeEach(() => {
  watching = observe()
})
afterEach(() => watching.stop())

const SECONDS = 4
const headers = { ...EVENTS, 'x-vercel-ai-ui-message-stream': 'v1' }

async function play(gapMs: number, socket = false): Promise<Played> {
  const pieces = chatPieces(Math.ceil((SECONDS * 1500) / gapMs), gapMs)
  return put({ headers, pieces: socket ? pieces : asEvents(pieces), end: 'stay' })
}

/** Looks once a second, as people do. */
async function look<T>(app: App, diagnose: () => T): Promise<T> {
  for (let second = 1; second < SECONDS; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    diagnose()
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const diagnosis = diagnose()
  expect(app.text()).toContain('word 1 of many')
  app.close()
  return diagnosis
}

const APPS = { eventSourceApp, socketApp, useChatApp }

type Kind = 'render-bound' | 'parse-bound' | 'paint-bound' | 'other-script-bound' | 'unknown'

// Verdicts are of wall-clock time, and no window and no fault outlast a machine that has no processor to give: whoever
// waits for one is late without a long frame, and what makes few frames is not believed. Such a load passes, so both are
// asked once more.
const options = { timeout: 60_000, retry: 2 }

it.each<[string, Fault, number, Kind, (keyof typeof APPS)[]]>([
  [
    'heavy render',
    { renderMs: 14 },
    20,
    'render-bound',
    ['eventSourceApp', 'socketApp', 'useChatApp'],
  ],
  [
    'more than can be rendered',
    { renderMs: 40 },
    20,
    'render-bound',
    ['eventSourceApp', 'useChatApp'],
  ],
  // React’s next render waits while a frame is made: no part of the frame.
  [
    'one render after the other',
    { renderMs: 14 },
    5,
    'render-bound',
    ['eventSourceApp', 'useChatApp'],
  ],
  ['slow source', {}, 320, 'unknown', ['eventSourceApp', 'useChatApp']],
  ['heavy parsing', { parseMs: 16 }, 20, 'parse-bound', ['eventSourceApp']],
  ['heavy layout', { boxes: 2000 }, 20, 'paint-bound', ['eventSourceApp', 'useChatApp']],
  ['another script', { otherMs: 90 }, 20, 'other-script-bound', ['eventSourceApp', 'useChatApp']],
])('comes to the same verdict as the SDK on %s', options, async (_, fault, gapMs, kind, names) => {
  const sdk = sdkApp(await play(gapMs), fault)
  const within = await look(sdk, sdk.diagnosis)
  expect(within.verdict.kind).toBe(kind)
  for (const name of names) {
    const app = APPS[name](await play(gapMs, name === 'socketApp'), fault)
    const one = () => watching.streams().at(-1)
    const outside = await look(app, () => one()?.diagnosis())
    expect([name, outside?.verdict.kind]).toEqual([name, kind])
    // Nobody outside can be as sure as the SDK is within.
    expect(outside?.verdict.confidence).toBeLessThan(0.8)
    expect(one()?.snapshot().stages).toMatchObject({ queue: null, reduce: null })
  }
})
