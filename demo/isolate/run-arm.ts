// One arm, alone on the page: a fresh feed, a fresh stream and a fresh root.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { ChatView } from '../chat/chat-view.tsx'
import type { TextView } from '../chat/text-view.ts'
import type { Feed } from '../feed/feed.ts'
import { meteredStream, settled } from '../feed/metered-stream.ts'
import { nextPaint } from '../page/after-paint.ts'
import type { ArmCost, ArmName } from './arm-cost.ts'
import { discard } from './discard.ts'

/** What an arm needs. */
export interface ArmOptions {
  readonly arm: ArmName
  readonly feed: Feed
  readonly TextView: TextView
  /** Element to render into; its style keeps the end in view without script. */
  readonly stage: HTMLElement
  readonly signal: AbortSignal
}

/**
 * Plays the feed to its end.
 * @throws the reason of `signal`, or Error when the run does not come to its proper end
 */
export async function runArm(options: ArmOptions): Promise<ArmCost> {
  const { arm, feed, signal } = options
  const transport = feed.transports[0]
  if (transport === undefined) throw new Error('the feed has no reader')
  try {
    const cost =
      arm === 'discard' ? await discard(transport, signal) : await render(options, transport, arm)
    signal.throwIfAborted()
    feed.close()
    return cost
  } catch (error) {
    feed.cancel()
    throw error
  }
}

async function render(
  { feed, TextView, stage, signal }: ArmOptions,
  transport: Feed['transports'][number],
  schedule: 'adaptive' | 'immediate',
): Promise<ArmCost> {
  const stream = meteredStream(feed, transport, schedule)
  const failing = new AbortController()
  const root = createRoot(stage, { onUncaughtError: (error) => failing.abort(error) })
  let renders = 0
  root.render(createElement(ChatView, { stream, TextView, onCommit: () => renders++ }))
  await nextPaint()
  renders = 0
  const startedAt = performance.now()
  stream.connect()
  try {
    await Promise.race([settled(stream), aborted(AbortSignal.any([signal, failing.signal]))])
    await nextPaint()
    const runMs = performance.now() - startedAt
    const { status, error } = stream.store.getState()
    if (status !== 'finished') throw new Error(error?.message ?? `an arm ended as “${status}”`)
    const { cost, arrivalToPaintMs } = stream.metrics.snapshot()
    return { ...cost, runMs, renders, arrivalToPaintP95: arrivalToPaintMs.p95 }
  } finally {
    stream.close()
    root.unmount()
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
