// What every transport to the relay holds, to the byte. The other side is in the test's hand: a peer says what was asked
// for, and answers with bytes that are split where the test wants them split.
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Frame } from '../../src/core/protocol.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import type { Provided } from '../../src/transport/provided.ts'
import type { Read, Transport } from '../../src/transport/transport.ts'

/** The other side of one transport. */
export interface Peer {
  open(options?: { token?: Provided<string> }): Transport
  /** What was asked for, in order. */
  readonly requests: readonly { readonly after: string | null; readonly token: string | null }[]
  /** Takes the last request; the first bytes are the answer. */
  answer(bytes: Uint8Array): void
  /** Turns the last request down, as the relay does with this status. */
  refuse(status: number): void
  send(bytes: Uint8Array): void
  /** Says `relay.end`, and nothing follows. */
  end(): void
  /** Breaks, as a network does. */
  cut(): void
  /** True when the client has let go of the last request. */
  released(): boolean
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const HELLO = utf8('event: relay.hello\ndata: {"version":1}\n\n')
const hello: Frame = { event: 'relay.hello', id: undefined, data: '{"version":1}' }

const TEXT =
  ': comment\n\nid: a-1\ndata: {"text":"Grüße 漢字 🎉"}\n\nevent: x\ndata: 1\ndata: 2\n\ndata: no id\n\n'
const FRAMES: readonly Frame[] = [
  { event: 'message', id: 'a-1', data: '{"text":"Grüße 漢字 🎉"}' },
  { event: 'x', id: undefined, data: '1\n2' },
  { event: 'message', id: undefined, data: 'no id' },
]

interface Reading {
  readonly reads: readonly Read[]
  readonly frames: readonly Frame[]
  /** Resolves with what ended it: an error, or null. */
  readonly over: Promise<unknown>
  readonly isOver: boolean
  abort(): void
}

function read(transport: Transport, after: string | null = null, now = 0): Reading {
  const controller = new AbortController()
  const reads: Read[] = []
  let isOver = false
  const iterate = async (): Promise<unknown> => {
    const clock = createManualClock({ now })
    try {
      for await (const one of transport.open({ after, signal: controller.signal, clock })) {
        reads.push(one)
      }
      return null
    } catch (error) {
      return error
    } finally {
      isOver = true
    }
  }
  const over = iterate()
  return {
    reads,
    get frames() {
      return reads.flatMap(({ frames }) => frames)
    },
    over,
    get isOver() {
      return isOver
    },
    abort: () => controller.abort(),
  }
}

/** Holds a transport to the contract; `makePeer` makes another side for every test. */
export function holdToTransportContract(name: string, makePeer: () => Peer): void {
  const asked = (peer: Peer, count = 1): Promise<void> =>
    vi.waitFor(() => expect(peer.requests).toHaveLength(count), { interval: 1 })

  const answered = async (
    after: string | null = null,
  ): Promise<{ peer: Peer; reading: Reading }> => {
    const peer = makePeer()
    const reading = read(peer.open(), after)
    await asked(peer)
    peer.answer(HELLO)
    await vi.waitFor(() => expect(reading.frames).toEqual([hello]), { interval: 1 })
    return { peer, reading }
  }

  const readSplit = async (chunks: readonly Uint8Array[]): Promise<readonly Frame[]> => {
    const peer = makePeer()
    const reading = read(peer.open())
    await asked(peer)
    const [first = new Uint8Array(), ...rest] = chunks
    peer.answer(first)
    rest.forEach(peer.send)
    peer.end()
    expect(await reading.over).toBeNull()
    expect(reading.frames.at(-1)?.event).toBe('relay.end')
    return reading.frames.slice(0, -1)
  }

  describe(`${name}: reading`, () => {
    it('says first that the other side answered, and nothing before it did', async () => {
      const peer = makePeer()
      const reading = read(peer.open(), null, 7)
      await asked(peer)
      expect(reading.reads).toEqual([])
      peer.answer(HELLO)
      await vi.waitFor(() => expect(reading.reads).toHaveLength(2), { interval: 1 })
      expect(reading.reads).toMatchObject([
        { at: 7, frames: [] },
        { at: 7, frames: [hello] },
      ])
      reading.abort()
    })

    it.each([
      ['LF', '\n', ''],
      ['CRLF', '\r\n', ''],
      ['CR', '\r', ''],
      ['a byte order mark', '\n', '\uFEFF'],
    ])(
      'gives the same frames wherever the bytes are split, with %s',
      async (_, lineBreak, mark) => {
        const bytes = utf8(mark + TEXT.replaceAll('\n', lineBreak))
        for (let cut = 0; cut <= bytes.length; cut++) {
          expect(await readSplit([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(FRAMES)
        }
      },
    )

    it('gives the same frames for any split into many chunks', async () => {
      const bytes = utf8(TEXT)
      const cuts = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(cuts, async (cuts) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
          const chunks = edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
          expect(await readSplit(chunks)).toEqual(FRAMES)
        }),
        { numRuns: 50 },
      )
    })

    it('gives a heartbeat as a read without frames', async () => {
      const { peer, reading } = await answered()
      const before = reading.reads.length
      peer.send(utf8(': heartbeat\n\n'))
      await vi.waitFor(() => expect(reading.reads).toHaveLength(before + 1), { interval: 1 })
      expect(reading.reads.at(-1)?.frames).toEqual([])
      reading.abort()
    })

    it('sends the cursor, and none where there is none', async () => {
      const { peer, reading } = await answered('S-1-0')
      expect(peer.requests[0]?.after).toBe('S-1-0')
      reading.abort()
      const first = await answered()
      expect(first.peer.requests[0]?.after).toBeNull()
      first.reading.abort()
    })
  })

  describe(`${name}: the end`, () => {
    it('comes in peace after the word of the relay', async () => {
      const { peer, reading } = await answered()
      peer.end()
      expect(await reading.over).toBeNull()
      expect(reading.frames.map(({ event }) => event)).toEqual(['relay.hello', 'relay.end'])
    })

    it('comes as connection-failed after a cut, with all that had arrived', async () => {
      const { peer, reading } = await answered()
      peer.send(utf8('data: whole\n\ndata: half'))
      await vi.waitFor(() => expect(reading.frames).toHaveLength(2), { interval: 1 })
      peer.cut()
      expect(await reading.over).toMatchObject({
        name: 'AgentStreamError',
        code: 'connection-failed',
      })
      expect(reading.frames.at(-1)?.data).toBe('whole')
    })

    it('comes as connection-failed when the cut comes before the answer', async () => {
      const peer = makePeer()
      const reading = read(peer.open())
      await asked(peer)
      peer.cut()
      expect(await reading.over).toMatchObject({ code: 'connection-failed' })
      expect(reading.reads).toEqual([])
    })

    it('comes by its code for an event without an end, and lets go', async () => {
      const { peer, reading } = await answered()
      const chunk = utf8(`data: ${'x'.repeat(2 ** 20)}`)
      for (let sent = 0; sent < 18; sent++) peer.send(chunk)
      expect(await reading.over).toMatchObject({ code: 'oversize' })
      await vi.waitFor(() => expect(peer.released()).toBe(true), { interval: 1 })
    })
  })

  describe(`${name}: an abort`, () => {
    it('ends before the answer, at once and without an error', async () => {
      const peer = makePeer()
      const reading = read(peer.open())
      await asked(peer)
      reading.abort()
      expect(await reading.over).toBeNull()
      expect(reading.reads).toEqual([])
      await vi.waitFor(() => expect(peer.released()).toBe(true), { interval: 1 })
    })

    it('ends a silent stream at once, and lets go of it', async () => {
      const { peer, reading } = await answered()
      reading.abort()
      expect(await reading.over).toBeNull()
      await vi.waitFor(() => expect(peer.released()).toBe(true), { interval: 1 })
    })

    it('lets nothing through that had arrived and was not read yet', async () => {
      const peer = makePeer()
      const controller = new AbortController()
      const { signal } = controller
      const clock = createManualClock()
      const reads = peer.open().open({ after: null, signal, clock })[Symbol.asyncIterator]()
      const first = reads.next()
      await asked(peer)
      peer.answer(HELLO)
      for (let n = 0; n < 5; n++) peer.send(utf8(`data: ${n}\n\n`))
      await first
      controller.abort()
      expect(await reads.next()).toEqual({ done: true, value: undefined })
    })

    it('asks for nothing when it came first', async () => {
      const peer = makePeer()
      const clock = createManualClock()
      const open = { after: null, signal: AbortSignal.abort(), clock }
      for await (const _ of peer.open().open(open)) expect.unreachable()
      expect(peer.requests).toEqual([])
    })
  })

  describe(`${name}: a refusal`, () => {
    it('asks for another token once after a 401, and goes on with it', async () => {
      const peer = makePeer()
      const token = vi.fn(async ({ reason }: { reason: string }) => `for-${reason}`)
      const reading = read(peer.open({ token }), 'S-1-0')
      await asked(peer)
      peer.refuse(401)
      await asked(peer, 2)
      peer.answer(HELLO)
      await vi.waitFor(() => expect(reading.frames).toEqual([hello]), { interval: 1 })
      expect(peer.requests).toEqual([
        { after: 'S-1-0', token: 'for-connect' },
        { after: 'S-1-0', token: 'for-unauthorized' },
      ])
      expect(reading.reads[0]?.frames).toEqual([])
      reading.abort()
    })

    it('is told after the second 401, and at once for a token that cannot change', async () => {
      const peer = makePeer()
      const reading = read(peer.open({ token: () => 'old' }))
      await asked(peer)
      peer.refuse(401)
      await asked(peer, 2)
      peer.refuse(401)
      expect(await reading.over).toMatchObject({ code: 'http-status', status: 401 })

      const fixed = makePeer()
      const once = read(fixed.open({ token: 'fixed' }))
      await asked(fixed)
      fixed.refuse(401)
      expect(await once.over).toMatchObject({ code: 'http-status', status: 401 })
      expect(fixed.requests).toEqual([{ after: null, token: 'fixed' }])
    })

    it.each([400, 404, 503])('is told by its status: %i', async (status) => {
      const peer = makePeer()
      const reading = read(peer.open({ token: () => 'any' }))
      await asked(peer)
      peer.refuse(status)
      expect(await reading.over).toMatchObject({ code: 'http-status', status })
      expect(reading.reads).toEqual([])
      expect(peer.requests).toHaveLength(1)
    })

    it('is connection-failed when the token cannot be had', async () => {
      const peer = makePeer()
      const token = (): Promise<string> => Promise.reject(new Error('no session'))
      const reading = read(peer.open({ token }))
      const error = await reading.over
      expect(error).toMatchObject({ code: 'connection-failed' })
      expect(String(error)).toContain('no session')
      expect(peer.requests).toEqual([])
    })
  })
}
