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

it.each<[string, Fault, number, (keyof typeof APPS)[]]>([
  ['heavy render', { renderMs: 14 }, 20, ['eventSourceApp', 'socketApp', 'useChatApp']],
  ['slow source', {}, 320, ['eventSourceApp', 'socketApp', 'useChatApp']],
  ['heavy parsing', { parseMs: 16 }, 20, ['eventSourceApp', 'socketApp']],
  ['heavy layout', { boxes: 5000 }, 20, ['eventSourceApp', 'useChatApp']],
  ['another script', { otherMs: 90 }, 20, ['eventSourceApp', 'useChatApp']],
])(
  'comes to the same verdict as the SDK on %s',
  async (_, fault, gapMs, names) => {
    const sdk = sdkApp(await play(gapMs), fault)
    const within = await look(sdk, sdk.diagnosis)
    const kinds: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const name of names) {
      const app = APPS[name](await play(gapMs, name === 'socketApp'), fault)
      const one = () => watching.streams().at(-1)
      const outside = await look(app, () => one()?.diagnosis())
      expected[name] = within.verdict.kind
      kinds[name] = outside?.verdict.kind ?? 'none'
      // Nobody outside can be as sure as the SDK is within.
      expect(outside?.verdict.confidence).toBeLessThan(0.8)
      expect(one()?.snapshot().stages).toMatchObject({ queue: null, reduce: null })
    }
    expect(kinds).toEqual(expected)
  },
  60_000,
)
