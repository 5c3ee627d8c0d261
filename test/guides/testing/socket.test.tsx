// @vitest-environment jsdom
import { type ReactNode, useMemo } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { webSocket } from 'framewise'
import { useAgentStream } from 'framewise/react'
import { scenario, textOf } from 'framewise/testing'
import { eventually, find, render } from './page.ts'
import { relay } from './relay.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function Chat({ run }: { run: string }): ReactNode {
  const transport = useMemo(() => webSocket({ url: '/v1/ws', stream: run }), [run])
  const { messages, status } = useAgentStream({ transport })
  return <article data-status={status}>{messages.map(({ text }) => text)}</article>
}

it('goes on after a broken socket', async () => {
  const run = scenario({ events: 100 })
  void relay.play('run-1', run, { rate: 200, cutAfter: [30] })
  render(<Chat run="run-1" />)
  await eventually(() => find('[data-status=finished]'))
  expect(find('article').textContent).toBe(textOf(run))
  expect(relay.connections).toMatchObject([
    { transport: 'websocket', after: null },
    { transport: 'websocket', after: 'M-30' },
  ])
})
