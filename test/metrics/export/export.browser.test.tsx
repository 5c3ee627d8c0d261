// Traces, tracks and recordings of a stream that a real page shows: what the browser itself sees of them, and that they
// leave nothing behind.
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { createAgentStream, decodeRecording, replay } from 'framewise'
import {
  createMeter,
  devtoolsTracks,
  recordStream,
  toChromeTrace,
  traceStream,
} from 'framewise/metrics'
import { useAgentStream } from 'framewise/react'
import { faultsOf } from './trace-rules.ts'

const EVENTS = 60
const recording = {
  framewise: 1,
  layout: 'suna-stream',
  protocol: 'ag-ui',
  events: Array.from({ length: EVENTS }, (_, index) => ({
    t: index * 8,
    id: `S-${1_800_000_000_000 + index * 8}-0`,
    data: JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: `${index} ` }),
  })),
} as const
const text = recording.events.map((_, index) => `${index} `).join('')

type Made = ReturnType<typeof makeStream>
const makeStream = (played: Parameters<typeof replay>[0] = recording) =>
  createAgentStream({ transport: replay(played), metrics: createMeter })

const cleanUps: (() => void)[] = []
afterEach(() => cleanUps.splice(0).forEach((cleanUp) => cleanUp()))

/** Shows a stream in the page, from its first event to its last. */
async function show(stream: Made): Promise<string> {
  const element = document.body.appendChild(document.createElement('div'))
  const root = createRoot(element)
  cleanUps.push(() => {
    stream.close()
    root.unmount()
    element.remove()
  })
  function Page() {
    return useAgentStream(stream).messages.map((message) => <p key={message.id}>{message.text}</p>)
  }
  root.render(<Page />)
  stream.connect()
  await vi.waitFor(() => expect(element.textContent).toHaveLength(text.length), { timeout: 10_000 })
  return element.textContent
}

it('traces what a page shows, by the format’s rules', async () => {
  const stream = makeStream()
  const trace = traceStream(stream)
  await show(stream)
  await vi.waitFor(() => expect(stream.metrics.snapshot().backlog).toBe(0))
  trace.stop()
  const file = toChromeTrace(trace)
  expect(faultsOf(file)).toEqual([])
  const spans = (name: string) =>
    file.traceEvents.filter((one) => one.ph === 'X' && one.name === name)
  const { flushes } = trace.snapshot()
  expect(spans('flush')).toHaveLength(flushes)
  expect(spans('react')).toHaveLength(flushes)
  expect(spans('paint').length).toBeGreaterThan(0)
  const events = spans('flush').reduce((sum, { args }) => sum + Number(args['events']), 0)
  expect(events).toBe(EVENTS)
  // React rendered within the flushes, and a page was painted: both took time.
  const taken = (name: string): number => spans(name).reduce((sum, { dur = 0 }) => sum + dur, 0)
  expect(taken('react')).toBeGreaterThan(0)
  expect(taken('paint')).toBeGreaterThan(0)
  expect(file.otherData['verdict']).toMatchObject({ kind: expect.any(String) })
})

it('records in the page what replays to the same events and text', async () => {
  const stream = makeStream()
  const recorder = recordStream(stream, { timing: 'log' })
  expect(await show(stream)).toBe(text)
  expect(decodeRecording(await recorder.toBlob().text())).toEqual({ ...recording, timing: 'log' })
  const again = makeStream(decodeRecording(recorder.toNDJSON()))
  expect(await show(again)).toBe(text)
  const hidden = await recorder.toBlob({ redact: true }).text()
  expect(await show(makeStream(decodeRecording(hidden)))).toHaveLength(text.length)
})

// The part of the DevTools protocol that is needed; Playwright's own types are not those of a page.
interface Collected {
  readonly value: readonly { readonly name: string; readonly args: { readonly data?: Shown } }[]
}
interface Shown {
  readonly name?: string
  readonly start?: number
  readonly end?: number
  readonly track?: string
  readonly trackGroup?: string
}
const session = cdp() as unknown as {
  send(method: 'Tracing.start' | 'Tracing.end', options?: object): Promise<void>
  on(event: 'Tracing.dataCollected', listener: (collected: Collected) => void): void
  on(event: 'Tracing.tracingComplete', listener: () => void): void
}
let shown: Shown[] = []
let recordings = 0
session.on('Tracing.tracingComplete', () => recordings++)
session.on('Tracing.dataCollected', ({ value }) => {
  for (const { name, args } of value) if (name === 'TimeStamp' && args.data) shown.push(args.data)
})

/** What DevTools would be given for tracks of ours while `run` runs. */
async function shownInDevTools(run: () => Promise<unknown>): Promise<readonly Shown[]> {
  shown = []
  const before = recordings
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['devtools.timeline'] },
  })
  await run()
  await session.send('Tracing.end')
  await vi.waitFor(() => expect(recordings).toBe(before + 1), { timeout: 10_000 })
  return shown.filter(({ trackGroup }) => trackGroup === 'framewise')
}

it('shows tracks in DevTools where it is asked to, and leaves no entry in the page’s timeline', async () => {
  // Whoever watches the page's timeline is told also of what is cleared at once.
  const seen: string[] = []
  const observer = new PerformanceObserver((list) =>
    seen.push(...list.getEntries().map(({ name }) => name)),
  )
  observer.observe({ entryTypes: ['mark', 'measure'] })
  cleanUps.push(() => observer.disconnect())
  const ours = (name: string): boolean =>
    /^(worker|handover|parse|queue|flush|reduce|react|paint)\b/.test(name)

  expect(await shownInDevTools(() => show(makeStream()))).toEqual([])

  const stream = makeStream()
  const stop = devtoolsTracks(stream)
  const tracks = await shownInDevTools(() => show(stream))
  stop()
  const names = new Set(tracks.map(({ track }) => track))
  expect([...names].toSorted()).toEqual(['flush', 'paint', 'parse', 'queue', 'react', 'reduce'])
  const reads = tracks.filter(({ track }) => track === 'parse')
  expect(reads.reduce((sum, { name }) => sum + Number(/\d+/.exec(name ?? '')), 0)).toBe(EVENTS)
  expect(performance.getEntries().filter(({ name }) => ours(name))).toEqual([])
  expect(seen.filter(ours)).toEqual([])
})
