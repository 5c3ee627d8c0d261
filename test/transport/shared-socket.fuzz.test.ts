// Streams come, go and come back on sockets that are slow, and break: a reader hears its own subscription, from its
// first event, without a hole, and nothing else. The relay here is a model that takes and sends one message at a time.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../../src/testing/manual-clock.ts'
import { webSocket } from '../../src/transport/websocket.ts'
import type { ClientMessage } from '../../src/wire/protocol.ts'
import { createFakeSockets, type FakeSocket } from './fake-socket.ts'

const STREAMS = ['a', 'b', 'c'] as const

interface Subscription {
  readonly serial: number
  events: number
}

interface ModelRelay {
  accept(): void
  /** Takes what the client has sent so far. */
  take(): void
  /** Writes an event to every subscription, in two messages. */
  write(): void
  end(stream: string): void
  /** Lets one message arrive. */
  deliver(): boolean
  die(): void
}

let serials = 0

function modelRelay(socket: FakeSocket): ModelRelay {
  const subscriptions = new Map<string, Subscription>()
  const underWay: (readonly [stream: string, text: string])[] = []
  let taken = 0
  const take = (message: ClientMessage): void => {
    if (message.op === 'unsubscribe') subscriptions.delete(message.stream)
    if (message.op !== 'subscribe') return
    const { stream } = message
    if (subscriptions.has(stream)) throw new Error(`already subscribed to ${stream}`)
    subscriptions.set(stream, { serial: ++serials, events: 0 })
    underWay.push([stream, 'event: relay.hello\ndata: {}\n\n'])
  }
  return {
    accept: socket.accept,
    take() {
      for (; taken < socket.sent.length; taken++) socket.sent.slice(taken, taken + 1).forEach(take)
    },
    write() {
      for (const [stream, subscription] of subscriptions) {
        underWay.push([stream, `data: ${subscription.serial}`])
        underWay.push([stream, `:${subscription.events++}\n\n`])
      }
    },
    end(stream) {
      if (!subscriptions.delete(stream)) return
      underWay.push([stream, 'event: relay.end\ndata: {}\n\n'])
    },
    deliver() {
      const [next] = underWay.splice(0, 1)
      if (next !== undefined) socket.send(...next)
      return next !== undefined
    },
    die: () => socket.close(1006),
  }
}

interface Reader {
  readonly stream: string
  readonly data: string[]
  readonly controller: AbortController
}

interface World {
  readonly clock: ManualClock
  readonly relays: ModelRelay[]
  readonly readers: Reader[]
  open(stream: string): void
}

function makeWorld(): World {
  const clock = createManualClock()
  const relays: ModelRelay[] = []
  const readers: Reader[] = []
  const sockets = createFakeSockets()
  const open = (stream: string): void => {
    const reader: Reader = { stream, data: [], controller: new AbortController() }
    readers.push(reader)
    void read(reader)
    for (const socket of sockets.all.slice(relays.length)) relays.push(modelRelay(socket))
  }
  async function read({ stream, data, controller: { signal } }: Reader): Promise<void> {
    const { WebSocket } = sockets
    const transport = webSocket({ url: 'ws://model.test/v1/ws', stream, WebSocket })
    try {
      for await (const { frames } of transport.open({ after: null, signal, clock })) {
        // One read may have been on its way when the reader left; it is the reader's to drop.
        if (signal.aborted) break
        for (const { event, data: text } of frames) if (event === 'message') data.push(text)
      }
    } catch (error) {
      if (!String(error).includes('closed with code 1006')) data.push(`error: ${String(error)}`)
    }
  }
  return { clock, relays, readers, open }
}

const stream = fc.constantFrom(...STREAMS)
const which = fc.nat(3)
// How often: opening and leaving stand against a relay that is quick, or has fallen far behind.
const step = fc.record({
  does: fc.constantFrom(
    ...(['open', 'leave', 'reopen', 'reopen', 'accept', 'take', 'take'] as const),
    ...(['write', 'write', 'deliver', 'deliver', 'end'] as const),
  ),
  stream,
  which,
  settles: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function play(world: World, { does, stream, which, settles }: Step): Promise<void> {
  const { clock, relays, readers, open } = world
  // The newest sockets and readers are the ones in use.
  const relay = relays.at(-1 - (which % 2))
  const reader = readers.filter(({ controller }) => !controller.signal.aborted).at(-1 - which)
  if (does === 'open') open(stream)
  else if (does === 'leave') reader?.controller.abort()
  else if (does === 'reopen') {
    reader?.controller.abort()
    if (reader !== undefined) open(reader.stream)
  } else if (does === 'end') relay?.end(stream)
  else if (does === 'deliver') for (let n = 0; n <= which; n++) relay?.deliver()
  // Rarely: what is broken has nothing more to hide.
  else if (does === 'accept' && stream === 'a' && which === 0) relay?.die()
  else relay?.[does]()
  if (settles) await clock.settle()
}

it('lets every reader hear its own subscription and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
      async (steps) => {
        const world = makeWorld()
        STREAMS.forEach(world.open)
        world.relays[0]?.accept()
        await world.clock.settle()
        for (const one of steps) await play(world, one)
        for (const relay of world.relays) {
          relay.accept()
          await world.clock.settle()
          while (relay.deliver());
        }
        await world.clock.settle()
        const heard = new Set<string>()
        for (const { data, controller } of world.readers) {
          const [serial] = data[0]?.split(':') ?? []
          expect(data).toEqual(data.map((_, index) => `${serial}:${index}`))
          if (serial !== undefined) expect(heard.has(serial)).toBe(false)
          if (serial !== undefined) heard.add(serial)
          controller.abort()
        }
        await world.clock.settle()
      },
    ),
    { numRuns: 500 },
  )
})
