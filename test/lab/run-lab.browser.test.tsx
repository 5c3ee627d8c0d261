// The lab in a real page, in its short form: that it plays all of the recording through every arm and leaves nothing
// behind. Counts alone: what an arm costs is for whoever runs it on a quiet machine.
import { fromAsyncIterable, replay } from 'framewise'
import { type LabArm, type LabOptions, type LabRenderers, runLab } from 'framewise/metrics'
import { useAgentStream } from 'framewise/react'
import { scenario } from 'framewise/testing'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordingOf } from './a-track.ts'

type Stream = Parameters<LabRenderers['plain']>[1]

let stage: HTMLElement

beforeEach(() => {
  stage = document.body.appendChild(document.createElement('div'))
})

afterEach(() => stage.remove())

const EVENTS = 80
const recording = recordingOf(
  scenario({ events: EVENTS, chunk: 4 }).map((event, index) => ({ t: 1.5 * index, event })),
)

function Chat({ stream }: { readonly stream: Stream }): ReactElement {
  return (
    <>
      {useAgentStream(stream).messages.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </>
  )
}

const plain: LabRenderers['plain'] = (element, stream, fail) => {
  const root = createRoot(element, { onUncaughtError: fail })
  root.render(<Chat stream={stream} />)
  return () => root.unmount()
}

const run = (more: Partial<LabOptions> = {}) =>
  runLab({ recording, stage, renderers: { plain }, short: true, ...more })

const byName = (arms: readonly LabArm[]): Readonly<Record<string, LabArm['median']>> =>
  Object.fromEntries(arms.map(({ name, median }) => [name, median]))

describe('runLab', () => {
  it('plays all of the recording through every arm, and changes what it says it does', async () => {
    const progress: string[] = []
    let last = -1
    const result = await run({
      factors: ['client', 'schedule', 'chunk', 'source'],
      sources: {
        page: (given) => ({ transport: replay(given) }),
        other: async (given) => ({ transport: replay(given) }),
      },
      onProgress({ done, total, factor, arm, round }) {
        expect(done).toBe(last + 1)
        expect(done).toBeLessThan(total)
        last = done
        progress.push(`${factor} ${arm} ${round}`)
      },
    })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
    const { factors, played, shares, conclusion } = result
    expect(played).toMatchObject({ events: EVENTS, protocol: 'ag-ui', speed: 1 })
    for (const { name, arms } of factors) {
      for (const arm of arms) {
        expect(arm.rounds).toHaveLength(2)
        const events = name === 'chunk' ? arm.median.events : EVENTS
        for (const round of arm.rounds) expect(round).toMatchObject({ complete: true, events })
        const chars = arm.name === 'discard' ? 0 : played.chars
        expect([arm.name, arm.median.chars]).toEqual([arm.name, chars])
      }
    }
    const client = byName(factors[0]?.arms ?? [])
    expect(client['discard']?.writes).toBe(0)
    expect(client['reduce']?.renders).toBe(0)
    // Once per event, and for what the wire itself has to say.
    expect(client['plain']?.writes).toBeGreaterThanOrEqual(EVENTS)
    expect(client['plain']?.renders).toBeGreaterThanOrEqual(0.7 * EVENTS)
    const schedule = byName(factors[1]?.arms ?? [])
    expect(schedule['adaptive']?.writes).toBeLessThan(0.7 * EVENTS)
    expect(schedule['by hand']?.writes).toBeLessThan(0.7 * EVENTS)
    const chunk = byName(factors[2]?.arms ?? [])
    expect(chunk['1 char, immediate']?.events).toBeGreaterThan(played.chars * 0.9)
    expect(chunk['64 chars, immediate']?.events).toBeLessThan(EVENTS / 2)
    expect(byName(factors[3]?.arms ?? [])['other']?.events).toBe(EVENTS)
    expect(shares.map(({ hypothesis }) => hypothesis)).toEqual([
      'receiving',
      'parsing',
      'reducing',
      'rendering',
      'markdown',
      'painting',
    ])
    expect(conclusion.join(' ')).toMatch(/^Rendering once per event keeps the main thread busy/)
    expect(progress[0]).toBe('client discard 0')
    expect(stage.innerHTML).toBe('')
    expect(stage.style.contentVisibility).toBe('')
  })

  it('finds a capacity, and plays more than there was for it', async () => {
    let most = 0
    const { capacity, factors } = await run({
      factors: ['speed'],
      sources: {
        page(given) {
          most = Math.max(most, given.events.length)
          return { transport: replay(given) }
        },
      },
    })
    expect(factors).toEqual([])
    expect(capacity.map(({ schedule }) => schedule)).toEqual(['adaptive', 'immediate'])
    for (const { speed, eventsPerSecond, charsPerSecond } of capacity) {
      expect(speed).toBeGreaterThan(0)
      expect(charsPerSecond / eventsPerSecond).toBeGreaterThan(1)
    }
    expect(most).toBeGreaterThan(EVENTS)
  })

  it('ends at once when it is cancelled, and leaves nothing on the stage', async () => {
    const cancelling = new AbortController()
    const reason = new Error('enough')
    let told = 0
    const onProgress = (): void => {
      if (++told === 5) queueMicrotask(() => cancelling.abort(reason))
    }
    await expect(run({ onProgress, signal: cancelling.signal })).rejects.toBe(reason)
    expect(told).toBe(5)
    expect(stage.innerHTML).toBe('')
  })

  it('ends with the error of a view that cannot render, and with that of a source', async () => {
    const broken = new Error('the view is broken')
    const failing: LabRenderers['plain'] = (_stage, _stream, fail) => {
      fail(broken)
      return () => {}
    }
    const factors = ['schedule'] as const
    await expect(run({ factors, renderers: { plain: failing } })).rejects.toBe(broken)
    const gone = new Error('the server is gone')
    await expect(run({ factors, sources: { gone: () => Promise.reject(gone) } })).rejects.toBe(gone)
  })

  it('says so when a source loses events, and frees it after every run', async () => {
    let [opened, closed] = [0, 0]
    const { factors, conclusion } = await run({
      factors: ['schedule'],
      sources: {
        lossy(given) {
          opened++
          const transport = replay({ ...given, events: given.events.slice(0, -20) })
          return { transport, close: () => void closed++ }
        },
      },
    })
    const rounds = factors.flatMap(({ arms }) => arms.flatMap((arm) => arm.rounds))
    expect(rounds.map(({ complete }) => complete)).toEqual(rounds.map(() => false))
    expect(conclusion[0]).toMatch(/^6 of 6 runs were cut/)
    expect(closed).toBe(opened)
  })

  it('records first what is no recording yet', async () => {
    async function* payloads() {
      for (const { data } of recording.events) yield data
    }
    const { played } = await run({
      recording: fromAsyncIterable(payloads()),
      factors: ['schedule'],
    })
    expect(played).toMatchObject({ events: EVENTS, layout: 'unknown', protocol: 'ag-ui' })
  })

  it('needs no stage: the ladder ends where nothing is shown', async () => {
    const { factors } = await runLab({ recording, factors: ['client'], short: true })
    expect(factors[0]?.arms.map(({ name }) => name)).toEqual([
      'discard',
      'parse',
      'reduce',
      'by hand',
    ])
  })

  it.each([
    [{ pairs: 1 }, 'expected `pairs` of 2 or more, got 1'],
    [{ runMs: 0 }, 'expected `runMs` above 0, got 0'],
    [{ speed: 0 }, 'expected `speed` above 0, got 0'],
    [{ renderers: undefined }, 'expected `renderers` with a `stage`, got none'],
    [
      { recording: { ...recording, protocol: 'suna' } },
      'expected a `protocol` for a recording of “suna”',
    ],
    [{ recording: recordingOf([]) }, 'got 0 events without any'],
  ])('refuses %o', async (more, message) => {
    await expect(run(more as Partial<LabOptions>)).rejects.toThrow(message)
  })
})
