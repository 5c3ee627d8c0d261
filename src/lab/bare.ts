// The lowest rungs of the ladder: receive and drop, and receive, decode and drop.
import { RELAY_EVENT } from '../wire/protocol.ts'
import type { Consumer, ConsumerSetting } from './consumer.ts'
import { decoder, isChunk } from './track.ts'

/** Makes a reader that keeps nothing of what it reads. */
export function createBare(setting: ConsumerSetting, parse: boolean): Consumer {
  const { transport, protocol, clock, signal } = setting
  const decode = parse ? decoder(protocol) : () => []
  let receiveMs = 0
  let chars = 0
  return {
    async play() {
      let doneAt = -Infinity
      for await (const { at, frames } of transport.open({ after: null, signal, clock })) {
        for (const frame of frames) {
          if (frame.event.startsWith('relay.')) continue
          for (const event of decode(frame)) if (isChunk(event)) chars += event.delta.length
        }
        const from = Math.max(at, doneAt)
        doneAt = clock.now()
        receiveMs += doneAt - from
        // A WebSocket carries many streams and stays open after the end of one.
        if (frames.some(({ event }) => event === RELAY_EVENT.end)) break
      }
    },
    consumed: () => ({
      receiveMs,
      publishMs: 0,
      paintMs: 0,
      chars,
      writes: 0,
      renders: 0,
      arrivalToPaintMs: null,
    }),
    close() {},
  }
}
