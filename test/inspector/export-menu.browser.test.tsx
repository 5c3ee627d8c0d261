// What can be taken away, and that the secret in an address is not among it.
import { afterEach, expect, it, vi } from 'vitest'
import { type InspectorReport, StreamInspector } from 'framewise/inspector'
import type { MeterSnapshot } from 'framewise/metrics'
import { aSnapshot } from '../metrics/a-snapshot.ts'
import { root } from '../react/page.ts'
import { button, inside, looked, scripted } from './page.tsx'

afterEach(() => vi.restoreAllMocks())

const copied = (): { readonly text: string } => {
  const seen = { text: '' }
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
    seen.text = text
    return Promise.resolve()
  })
  return seen
}

it('copies what is shown: snapshot, diagnosis and own cost', async () => {
  const seen = copied()
  let events = 300
  const stream = scripted(() => aSnapshot({ events, busy: { foreign: 0.5 } }))
  root.render(<StreamInspector stream={stream} />)
  await looked()
  await vi.waitFor(() => expect(stream.asked()).toBeGreaterThan(2))
  button('Pause').click()
  events = 999
  button('Copy JSON').click()
  await vi.waitFor(() => expect(inside('.outcome').textContent).toBe('Copied.'))
  const report = JSON.parse(seen.text) as InspectorReport
  expect(report).toMatchObject({ format: 'framewise-inspector', version: 1 })
  expect(report.stream).toBe('https://a.example/v1/streams/run-1/events')
  expect(seen.text).not.toContain('secret')
  // What is frozen is what is given.
  expect(report.snapshot.events).toBe(300)
  expect(report.diagnosis?.verdict.kind).toBe(inside('.kind').textContent)
  expect(report.own.looks).toBeGreaterThan(0)
  expect(report.own.shareAtMost).toBeGreaterThanOrEqual(report.own.share)
  const { busy } = report.snapshot as MeterSnapshot
  expect(busy.foreign).toBeCloseTo(0.5 - report.own.share, 9)
})

it('saves a file', async () => {
  const blobs: Blob[] = []
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob)
    return 'blob:x'
  })
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} />)
  await looked()
  button('Save JSON').click()
  await vi.waitFor(() => expect(clicked).toHaveBeenCalledOnce())
  expect((clicked.mock.contexts[0] as HTMLAnchorElement).download).toBe('framewise-inspector.json')
  const report = JSON.parse((await blobs[0]?.text()) ?? '') as InspectorReport
  expect(report.snapshot.events).toBe(300)
})

it('offers the application’s own, and says what went wrong', async () => {
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
  const made: InspectorReport[] = []
  const trace = {
    label: 'Save trace',
    fileName: 'trace.json',
    make: (report: InspectorReport) => {
      made.push(report)
      return Promise.resolve('[]')
    },
  }
  const broken = {
    label: 'Broken',
    fileName: 'x',
    make: () => Promise.reject(new Error('no disk')),
  }
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} exports={[trace, broken]} />)
  await looked()
  button('Save trace').click()
  await vi.waitFor(() => expect(inside('.outcome').textContent).toBe('Saved trace.json.'))
  expect(made[0]?.snapshot.events).toBe(300)
  button('Broken').click()
  await vi.waitFor(() => expect(inside('.outcome').textContent).toBe('no disk'))
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} exports={[]} />)
  await vi.waitFor(() => expect(() => button('Broken')).toThrow())
})
