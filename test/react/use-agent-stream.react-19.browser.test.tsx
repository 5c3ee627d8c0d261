// What needs something of React that only React 19 has: Activity, and use.
import { Activity, startTransition, Suspense, use, type ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import { useAgentStream } from 'framewise/react'
import { eventFrame, fakeTransport, type FakeTransport } from 'framewise/testing'
import { connected, delta, element, root, shows } from './page.ts'

function Chat({ transport }: { transport: FakeTransport }): ReactNode {
  const { messages, status } = useAgentStream({ id: 'chat', transport })
  return `${status}: ${messages.map(({ text }) => text).join('|')}`
}

it('goes on when it is shown again, but not with what was stopped', async () => {
  const transport = fakeTransport()
  function Stoppable(): ReactNode {
    const { status, stop } = useAgentStream({ id: 'x', transport })
    return <button onClick={stop}>{status}</button>
  }
  const show = (mode: 'visible' | 'hidden'): void =>
    root.render(
      <Activity mode={mode}>
        <Stoppable />
      </Activity>,
    )
  const hideAndShow = async (): Promise<void> => {
    show('hidden')
    await vi.waitFor(() => expect(transport.connected).toBe(false))
    show('visible')
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  }
  show('visible')
  await connected(transport)
  transport.send(eventFrame(delta('a'), 'c1'))
  await shows('streaming')
  await hideAndShow()
  await connected(transport)
  expect(transport.opened).toHaveLength(2)
  element.querySelector('button')?.click()
  await shows('stopped')
  await hideAndShow()
  expect(transport.opened).toHaveLength(2)
})

it('keeps one connection while a transition waits for something that suspends', async () => {
  const transport = fakeTransport()
  let resolve = (): void => {}
  const data = new Promise<void>((done) => (resolve = done))
  function Waits({ on }: { on: boolean }): ReactNode {
    if (on) use(data)
    return null
  }
  const show = (on: boolean): void =>
    root.render(
      <Suspense fallback="…">
        <Chat transport={transport} />
        <Waits on={on} />
      </Suspense>,
    )
  show(false)
  await connected(transport)
  startTransition(() => show(true))
  transport.send(delta('seen'))
  await shows('streaming: seen')
  resolve()
  await data
  transport.send(delta(' more'))
  await shows('streaming: seen more')
  expect(transport.opened).toHaveLength(1)
})
