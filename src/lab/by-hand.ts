// The consumer that people write by hand: every delta into one string, one zustand write per frame. It stands beside
// framewise in every factor, so that nobody takes frame batching itself for the SDK's own merit.
import { createStore } from 'zustand/vanilla'
import type { Clock } from '../core/clock.ts'
import { createPaintProbe } from '../frame/paint-probe.ts'
import { RELAY_EVENT } from '../wire/protocol.ts'
import { type Consumer, type ConsumerSetting, nextPaint } from './consumer.ts'
import type { HandStore } from './options.ts'
import { p95 } from './range.ts'
import { decoder, isChunk } from './track.ts'

/** Makes the reader; with a view its text is shown. */
export function createByHand(setting: ConsumerSetting): Consumer {
  const { clock, view, stage, renderers } = setting
  const store: HandStore = createStore(() => ({ text: '' }))
  const shown = view !== 'none' && stage !== undefined
  const unmount = shown ? (renderers?.byHand ?? asTextNode)(stage, store, setting.fail) : undefined
  const ledger = createLedger(clock, shown)
  return {
    async play() {
      await consume(setting, store, ledger)
      await nextPaint(clock)
    },
    consumed: ledger.read,
    close() {
      ledger.close()
      unmount?.()
    },
  }
}

// The twenty lines, and what measures them.
async function consume(
  { transport, protocol, clock, signal }: ConsumerSetting,
  store: HandStore,
  ledger: Ledger,
): Promise<void> {
  const decode = decoder(protocol)
  let waiting = ''
  const show = (): void => {
    const text = store.getState().text + waiting
    waiting = ''
    ledger.published(() => store.setState({ text }))
  }
  for await (const { at, frames } of transport.open({ after: null, signal, clock })) {
    const from = waiting.length
    for (const frame of frames) {
      if (frame.event.startsWith('relay.')) continue
      for (const event of decode(frame)) if (isChunk(event)) waiting += event.delta
    }
    ledger.received(at, waiting.length - from)
    if (from === 0 && waiting !== '') clock.requestFrame(show)
    if (frames.some(({ event }) => event === RELAY_EVENT.end)) break
  }
}

function asTextNode(stage: HTMLElement, store: HandStore): () => void {
  const node = document.createTextNode('')
  stage.append(node)
  const unsubscribe = store.subscribe(({ text }) => (node.data = text))
  return () => {
    unsubscribe()
    node.remove()
  }
}

interface Ledger {
  received(at: number, chars: number): void
  published(write: () => void): void
  read: Consumer['consumed']
  close(): void
}

// The same stages as the meter's, read at the same places.
function createLedger(clock: Clock, shown: boolean): Ledger {
  const waits: number[] = []
  let unpainted: number[] = []
  let doneAt = -Infinity
  const sum = { receiveMs: 0, publishMs: 0, paintMs: 0, chars: 0, writes: 0 }
  const probe = createPaintProbe(clock, ({ at, paintMs }) => {
    sum.paintMs += paintMs
    for (const arrivedAt of unpainted) waits.push(at - arrivedAt)
    unpainted = []
  })
  return {
    received(at, chars) {
      const from = Math.max(at, doneAt)
      doneAt = clock.now()
      sum.receiveMs += doneAt - from
      sum.chars += chars
      if (shown && chars > 0) unpainted.push(at)
    },
    published(write) {
      const startedAt = clock.now()
      write()
      sum.writes++
      // React renders in a microtask that the write has queued: this one comes after it.
      queueMicrotask(() => {
        const ms = clock.now() - startedAt
        sum.publishMs += ms
        probe.flushed(ms, true)
      })
    },
    read: () => ({
      ...sum,
      renders: null,
      arrivalToPaintMs: shown ? p95(waits) : null,
    }),
    close: probe.close,
  }
}
