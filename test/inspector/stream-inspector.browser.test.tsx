// The panel in a real page: it shows, it never renders the application, it looks seldom, and it leaves nothing behind.
import { Profiler, type ReactNode, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { useAgentStream } from 'framewise/react'
import { StreamInspector } from 'framewise/inspector'
import { createAgentStream } from 'framewise'
import { fakeTransport } from 'framewise/testing'
import { aSnapshot, stage } from '../metrics/a-snapshot.ts'
import { connected, delta, element, root } from '../react/page.ts'
import { button, hosts, inside, looked, type Measured, open, scripted } from './page.tsx'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const frames = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame)
}

function Chat({ stream }: { readonly stream: Measured }): ReactNode {
  return <p>{useAgentStream(stream).messages[0]?.text}</p>
}

it('shows the verdict, all stages and what it costs itself', async () => {
  const seen = aSnapshot({ stages: { react: stage(40, 0.87) } })
  root.render(<StreamInspector stream={scripted(() => seen)} />)
  await vi.waitFor(() =>
    expect(inside('.cost').textContent).toMatch(/ms a look.+≤ .+ % with paint/),
  )
  expect(inside('.kind').textContent).toBe('render-bound')
  expect(inside('.gain').textContent).toBe('Gain: up to 870 ms of main thread a second.')
  const rows = [...inside('tbody').querySelectorAll('tr')]
  expect(rows.map((row) => row.dataset['stage']).join(' ')).toBe(
    'model write redis relay network parse queue reduce react paint other',
  )
  expect(inside('[data-stage=react]').textContent).toBe('react40 ms48 ms87 %')
  expect(inside('[data-stage=redis] th').textContent).toBe('redis±1.2')
  expect(inside('[data-stage=model] th').textContent).toBe('model~')
  expect(inside('[data-stage=write]').title).toBe('write: no payload times beside entry ids')
  expect(inside('[data-stage=queue]').title).toContain('on purpose')
  expect(inside('[role=status].aloud').textContent).toMatch(/^Verdict: render-bound\. /)
})

it('renders neither the application nor the stream, and is no script of others', async () => {
  const { stream, transport } = open()
  let commits = 0
  const chat = (
    <Profiler id="chat" onRender={() => commits++}>
      <Chat stream={stream} />
    </Profiler>
  )
  root.render(
    <>
      {chat}
      <StreamInspector stream={stream} />
    </>,
  )
  stream.connect()
  await connected(transport)
  transport.send(delta('a'))
  await vi.waitFor(() => expect(element.textContent).toBe('a'))
  await looked()
  const before = { commits, renders: stream.metrics.snapshot().renders }
  const looks = vi.spyOn(stream.metrics, 'snapshot')
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThanOrEqual(4), 5000)
  expect(commits).toBe(before.commits)
  expect(stream.metrics.snapshot().renders).toBe(before.renders)
  stream.close()
})

it('renders nothing anew with a parent that renders, and keeps its panel', async () => {
  const stream = scripted(() => aSnapshot())
  root.render(<StreamInspector stream={stream} exports={[]} />)
  await looked()
  const [host] = hosts()
  for (let n = 0; n < 20; n++) root.render(<StreamInspector stream={stream} exports={[]} />)
  await frames(3)
  expect(hosts()).toEqual([host])
  expect(stream.listeners()).toBe(1)
})

it('looks four times a second at most, and rests when nothing happens', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  const stream = scripted(() => aSnapshot())
  root.render(<StreamInspector stream={stream} />)
  await vi.waitFor(() => expect(stream.listeners()).toBe(1))
  vi.advanceTimersByTime(1)
  const before = stream.asked()
  for (let n = 0; n < 500; n++) {
    stream.change()
    vi.advanceTimersByTime(20)
  }
  // Ten seconds.
  expect(stream.asked() - before).toBeLessThanOrEqual(40)
  expect(stream.asked() - before).toBeGreaterThanOrEqual(39)
  vi.advanceTimersByTime(20_000)
  const rested = stream.asked()
  vi.advanceTimersByTime(60_000)
  expect(stream.asked()).toBe(rested)
  stream.change()
  vi.advanceTimersByTime(250)
  expect(stream.asked()).toBeGreaterThan(rested)
})

it.each([
  ['Pause', 'Pause'],
  ['Collapse the inspector', 'Expand the inspector'],
])('freezes after “%s”, and goes on after “%s”', async (stops, goesOn) => {
  // From the beginning: the very timer that runs when the button is pressed must not look any more.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  let events = 100
  const stream = scripted(() => aSnapshot({ events }))
  root.render(<StreamInspector stream={stream} />)
  await looked()
  const pass = (ms: number): void => {
    stream.change()
    vi.advanceTimersByTime(ms)
  }
  pass(1000)
  expect(inside('.figures').textContent).toContain('events100')
  button(stops).click()
  const asked = stream.asked()
  events = 222
  pass(10_000)
  expect(stream.asked()).toBe(asked)
  expect(inside('.figures').textContent).toContain('events100')
  button(goesOn).click()
  pass(1000)
  expect(inside('.figures').textContent).toContain('events222')
})

it('rests while nobody can see it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  const stream = scripted(() => aSnapshot())
  root.render(<StreamInspector stream={stream} position="inline" />)
  await looked()
  const looksOfASecond = (): number => {
    const asked = stream.asked()
    stream.change()
    vi.advanceTimersByTime(1000)
    return stream.asked() - asked
  }
  const until = async (isRight: (looks: number) => boolean): Promise<void> => {
    for (let frame = 0; frame < 300 && !isRight(looksOfASecond()); frame++) await frames(1)
    expect(isRight(looksOfASecond())).toBe(true)
  }
  await until((looks) => looks === 4)
  element.style.display = 'none'
  await until((looks) => looks === 0)
  element.style.display = ''
  await until((looks) => looks === 4)
})

it('is worked by keys alone', async () => {
  root.render(<StreamInspector stream={scripted(() => aSnapshot())} />)
  await looked()
  const focused = (): string => {
    const active = hosts()[0]?.shadowRoot?.activeElement
    return active?.ariaLabel ?? active?.textContent ?? ''
  }
  await userEvent.keyboard('{Tab}')
  expect(focused()).toBe('Pause')
  await userEvent.keyboard('{Enter}')
  expect(button('Pause').getAttribute('aria-pressed')).toBe('true')
  await userEvent.keyboard(' ')
  expect(button('Pause').getAttribute('aria-pressed')).toBe('false')
  await userEvent.keyboard('{Tab}')
  expect(focused()).toBe('Collapse the inspector')
  expect(getComputedStyle(button(focused())).outlineStyle).not.toBe('none')
  await userEvent.keyboard('{Enter}')
  expect(focused()).toBe('Expand the inspector')
  expect(button(focused()).getAttribute('aria-expanded')).toBe('false')
  expect(inside('.body').getBoundingClientRect().height).toBe(0)
  await userEvent.keyboard('{Enter}{Tab}')
  expect(focused()).toBe('Measurements')
})

it('says how to add a meter where there is none', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  root.render(<StreamInspector stream={stream} />)
  await looked()
  expect(inside('.kind').textContent).toBe('no meter')
  expect(inside('.experiment').textContent).toContain('metrics: createMeter')
  expect(inside('.stage-block').hidden).toBe(true)
  stream.connect()
  await connected(transport)
  transport.send(delta('a'), delta('b'))
  await vi.waitFor(() => expect(inside('.figures').textContent).toContain('events2'))
  expect(inside('.key .renders b').textContent).toBe('–')
  stream.close()
})

it.each([
  ['a meter of nothing yet', () => open().stream.metrics.snapshot()],
  ['nothing but stages', () => ({ stages: {} })],
  [
    'nulls and no numbers',
    () =>
      JSON.parse(
        JSON.stringify(aSnapshot(), (_key, value: unknown) =>
          typeof value === 'number' ? null : value,
        ),
      ) as object,
  ],
])('shows dashes for %s', async (_what, snapshot) => {
  const failed = vi.fn()
  window.addEventListener('error', failed)
  root.render(<StreamInspector stream={scripted(snapshot)} />)
  await looked()
  await vi.waitFor(() => expect(inside('.cost').textContent).toContain('a look'))
  window.removeEventListener('error', failed)
  expect(failed).not.toHaveBeenCalled()
  expect(inside('.kind').textContent).toBe('unknown')
  expect(inside('[data-stage=model]').textContent).toMatch(/^model~?–––$/)
  expect(inside('.panel').textContent).not.toMatch(/NaN|undefined|null|Infinity/)
})

it('leaves no node, timer or listener behind, also under StrictMode', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  const stream = scripted(() => aSnapshot())
  const before = vi.getTimerCount()
  root.render(
    <StrictMode>
      <StreamInspector stream={stream} />
    </StrictMode>,
  )
  for (let frame = 0; frame < 300 && hosts().length === 0; frame++) await frames(1)
  expect(hosts()).toHaveLength(1)
  expect(stream.listeners()).toBe(1)
  // One panel's next look.
  expect(vi.getTimerCount()).toBe(before + 1)
  vi.advanceTimersByTime(1000)
  const asked = stream.asked()
  expect(asked).toBeGreaterThan(0)
  root.render(null)
  for (let frame = 0; frame < 300 && hosts().length > 0; frame++) await frames(1)
  expect(hosts()).toHaveLength(0)
  expect(stream.listeners()).toBe(0)
  expect(vi.getTimerCount()).toBe(before)
  vi.advanceTimersByTime(10_000)
  expect(stream.asked()).toBe(asked)
})

it('shows another stream in a panel of its own', async () => {
  root.render(<StreamInspector stream={scripted(() => aSnapshot({ events: 1 }))} />)
  await looked()
  root.render(<StreamInspector stream={scripted(() => aSnapshot({ events: 22 }))} theme="dark" />)
  await vi.waitFor(() => expect(inside('.figures').textContent).toContain('events22'))
  expect(hosts()).toHaveLength(1)
  expect(inside('.panel').dataset['theme']).toBe('dark')
})

it('renders nothing on a server', () => {
  expect(renderToString(<StreamInspector stream={scripted(() => aSnapshot())} />)).toBe('')
})
