// Connections as a real browser makes them: one socket for all streams of a page, and six requests to an origin at most.
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AgentStream, Clock } from 'framewise'
import type { atHand } from './streams-entry.ts'
import { startStreams, type StreamsRig } from './streams-page.ts'

let rig: StreamsRig

beforeAll(async () => {
  rig = await startStreams()
})

afterAll(() => rig.stop())

// What the test leaves on the page between two looks at it.
type Client = typeof globalThis &
  typeof atHand & {
    streams: Record<string, AgentStream>
    stalls: Record<string, string>
  }

const delta = (text: string): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: text })
const FINISHED = JSON.stringify({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })

describe('streams of one page over WebSocket', () => {
  const follow = (page: Page, streams: readonly string[]): Promise<void> =>
    page.evaluate((streams) => {
      const client = globalThis as Client
      client.streams ??= {}
      for (const stream of streams) {
        const transport = client.webSocket({ url: '/v1/ws', stream })
        client.streams[stream] = client.createAgentStream({ transport })
        client.streams[stream].connect()
      }
    }, streams)

  const shown = (page: Page, stream: string): Promise<{ text: string; status: string }> =>
    page.evaluate((stream) => {
      const state = (globalThis as Client).streams[stream]?.store.getState()
      const text = state?.messages.map(({ text }) => text).join('') ?? ''
      return { text, status: state?.status ?? 'none' }
    }, stream)

  it('share one socket, whole to the last character, while one of them leaves', async () => {
    const context = await rig.context()
    const page = await rig.open(context)
    const ids = ['one', 'two', 'three']
    const written = Object.fromEntries(
      ids.map((id) => [id, Array.from({ length: 200 }, (_, n) => `${id} ${n} 漢字 🎉, `)]),
    )
    const write = async (id: string, from: number, to: number): Promise<void> => {
      for (const text of written[id]?.slice(from, to) ?? [])
        await rig.backend.append(id, delta(text))
    }
    for (const id of ids) await write(id, 0, 100)
    await follow(page, ids)
    for (const id of ids) {
      const half = written[id]?.slice(0, 100).join('')
      await expect.poll(async () => (await shown(page, id)).text).toBe(half)
    }
    expect(rig.relay.stats()).toMatchObject({ sockets: 1, viewers: 3 })

    await page.evaluate(() => (globalThis as Client).streams['two']?.close())
    await expect.poll(() => rig.relay.stats().viewers).toBe(2)
    for (const id of ids) {
      await write(id, 100, 200)
      await rig.backend.append(id, FINISHED)
    }
    for (const id of ['one', 'three']) {
      await expect.poll(async () => (await shown(page, id)).status).toBe('finished')
      expect((await shown(page, id)).text).toBe(written[id]?.join(''))
    }
    expect((await shown(page, 'two')).text).toBe(written['two']?.slice(0, 100).join(''))
    expect(rig.requests.filter((request) => request.startsWith('UPGRADE'))).toEqual([
      'UPGRADE /v1/ws',
    ])
    await expect.poll(() => rig.relay.stats().sockets).toBe(0)
    await context.close()
  })
})

describe('the seventh request to an origin over HTTP/1.1', () => {
  // Ten times as fast as the page's own clock, for the patience of a stall.
  const request = (page: Page, streams: readonly string[]): Promise<void> =>
    page.evaluate((streams) => {
      const client = globalThis as Client
      client.streams ??= {}
      client.stalls ??= {}
      const real = client.browserClock()
      const setTimer: Clock['setTimer'] = (callback, ms) => real.setTimer(callback, ms / 10)
      for (const stream of streams) {
        client.streams[stream] = client.createAgentStream({
          url: `/v1/streams/${stream}/events`,
          clock: { ...real, setTimer },
          onError: ({ code, message }) => (client.stalls[stream] = `${code}: ${message}`),
        })
        client.streams[stream].connect()
      }
    }, streams)

  const heldOn = (
    page: Page,
    stream: string,
  ): Promise<{ answered: boolean; stall: string | null }> =>
    page.evaluate((stream) => {
      const { streams, stalls } = globalThis as Client
      const { connection } = streams[stream]?.store.getState() ?? {}
      return { answered: connection === 'open', stall: stalls[stream] ?? null }
    }, stream)

  it('says why it hangs, though other tabs hold the connections', async () => {
    const context = await rig.context()
    const [left, right] = [await rig.open(context), await rig.open(context)]
    await request(left, ['l1', 'l2', 'l3'])
    await request(right, ['r1', 'r2', 'r3'])
    for (const id of ['l1', 'l2', 'l3']) {
      await expect.poll(async () => (await heldOn(left, id)).answered).toBe(true)
    }
    for (const id of ['r1', 'r2', 'r3']) {
      await expect.poll(async () => (await heldOn(right, id)).answered).toBe(true)
    }

    await request(right, ['seventh'])
    await expect
      .poll(async () => (await heldOn(right, 'seventh')).stall)
      .toContain('connection-stalled: ')
    const { stall, answered } = await heldOn(right, 'seventh')
    expect(stall).toContain("6 other streams of this browser's tabs")
    expect(answered).toBe(false)
    // It is the browser that holds it back: the relay has not heard of it.
    expect(rig.requests.some((request) => request.includes('seventh'))).toBe(false)

    await left.evaluate(() => (globalThis as Client).streams['l1']?.close())
    await expect.poll(async () => (await heldOn(right, 'seventh')).answered).toBe(true)
    for (const id of ['l2', 'r1', 'r3']) {
      const page = id.startsWith('l') ? left : right
      expect((await heldOn(page, id)).stall).toBeNull()
    }

    // A tab that is closed lets go of what it held.
    await left.close()
    await request(right, ['eighth', 'ninth'])
    await expect.poll(async () => (await heldOn(right, 'ninth')).answered).toBe(true)
    expect((await heldOn(right, 'ninth')).stall).toBeNull()
    await context.close()
  })
})
