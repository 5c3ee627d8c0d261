// The upper rungs: framewise's own stream with its meter, and whatever shows it.
import { createAgentStream } from '../agent-stream.ts'
import { createMeter } from '../metrics/meter/meter.ts'
import type { Consumer, ConsumerSetting } from './consumer.ts'

/** Makes a reader that is a stream. With a view it is shown from now on. */
export function createPipeline(setting: ConsumerSetting): Consumer {
  const { transport, protocol, schedule, clock, view, stage, renderers, signal } = setting
  const stream = createAgentStream({
    id: 'lab',
    transport,
    protocol,
    schedule,
    clock,
    reconnect: { maxAttempts: 0 },
    metrics: createMeter,
  })
  const show = view === 'none' ? undefined : renderers?.[view]
  const unmount = stage === undefined ? undefined : show?.(stage, stream, setting.fail)
  return {
    play() {
      return new Promise((resolve) => {
        const unsubscribe = stream.store.subscribe(({ connection, status }) => {
          // The wire may be closed long before all that it brought is published.
          if (connection === 'closed' && status !== 'idle' && status !== 'streaming') resolve()
        })
        const stop = (): void => {
          unsubscribe()
          stream.stop()
          resolve()
        }
        signal.addEventListener('abort', stop, { once: true })
        if (signal.aborted) stop()
        else stream.connect()
      })
    },
    consumed() {
      const { cost, chars, flushes, renders, arrivalToPaintMs } = stream.metrics.snapshot()
      return {
        ...cost,
        chars,
        writes: flushes,
        renders,
        arrivalToPaintMs: unmount === undefined ? null : arrivalToPaintMs.p95,
      }
    },
    close() {
      stream.close()
      unmount?.()
    },
  }
}
