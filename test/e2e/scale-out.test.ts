// Several relays on one Redis: a viewer that is moved from one to the other in the middle of a run notices nothing.
import { createClient } from '@redis/client'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCli, urlIn } from '../cli/run-cli.ts'
import type { Cli } from '../cli/run-cli.ts'
import { startBalancer } from '../support/balancer.ts'
import type { Balancer } from '../support/balancer.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import type { atHand } from './streams-entry.ts'
import { startStreams } from './streams-page.ts'
import type { StreamsRig } from './streams-page.ts'

// What the test leaves on the page between two looks at it.
type Client = typeof globalThis & typeof atHand & { cursors: (string | null)[]; gaps: number }

const FINISHED = JSON.stringify({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })
const textOf = (n: number): string => `${n} 漢字 🎉, `
const delta = (n: number): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: textOf(n) })

describe.for(['sse', 'ws'] as const)('two relays on one Redis, over %s', (wire) => {
  let redis: RedisServer
  let client: ReturnType<typeof createClient>
  let rig: StreamsRig
  let relays: Map<number, Cli>
  let balancer: Balancer

  beforeAll(async () => {
    redis = await startRedis()
    client = createClient({ url: redis.url })
    await client.connect()
    rig = await startStreams()
    relays = new Map([await startRelay(), await startRelay()])
    balancer = await startBalancer([...relays.keys()])
  })

  afterAll(async () => {
    balancer.close()
    for (const { process } of relays.values()) process.kill('SIGKILL')
    await rig.stop()
    client.destroy()
    await redis.stop()
  })

  async function startRelay(port = 0): Promise<[number, Cli]> {
    const relay = startCli(['relay', '--port', String(port), '--redis', redis.url])
    const url = urlIn(await relay.line(/^framewise relay on http:/))
    return [Number(new URL(url).port), relay]
  }

  async function write(from: number, to: number): Promise<void> {
    for (let n = from; n < to; n++) {
      await client.xAdd('agent_run:run-1:stream', '*', { data: delta(n) })
    }
  }

  function follow(page: Page): Promise<void> {
    return page.evaluate(
      ({ wire, host }) => {
        const client = globalThis as Client
        client.cursors = []
        client.gaps = 0
        client.showChat({
          ...(wire === 'sse'
            ? { url: `http://${host}/v1/streams/run-1/events` }
            : { transport: client.webSocket({ url: `ws://${host}/v1/ws`, stream: 'run-1' }) }),
          onEvent: ({ cursor }) => void client.cursors.push(cursor),
          onGap: () => void client.gaps++,
        })
      },
      { wire, host: balancer.host },
    )
  }

  const received = (page: Page): Promise<number> =>
    page.evaluate(() => (globalThis as Client).cursors.length)

  async function kill(port: number): Promise<void> {
    const relay = relays.get(port)
    relay?.process.kill('SIGKILL')
    await relay?.ended
    relays.delete(port)
  }

  it('shows each character once, though connections are cut and relays killed', async () => {
    const page = await rig.open(await rig.context())
    const shown = page.locator('main p')
    const upTo = (count: number): string =>
      Array.from({ length: count }, (_, n) => textOf(n)).join('')
    const showsAll = (count: number): Promise<void> =>
      expect.poll(() => shown.allTextContents(), { timeout: 20_000 }).toEqual([upTo(count)])
    await write(0, 100)
    await follow(page)
    await showsAll(100)
    const first = balancer.serving()

    // Two connections of a page may go to the same relay, as a preflight and its request do.
    while (balancer.serving() === first) {
      balancer.cut()
      await expect.poll(() => balancer.serving(), { timeout: 20_000 }).not.toBe(0)
    }
    const second = balancer.serving()
    await write(100, 200)
    await showsAll(200)

    const writing = write(200, 500)
    await expect.poll(() => received(page)).toBeGreaterThan(250)
    await kill(second)
    await writing
    await write(500, 800)
    await showsAll(800)
    await expect.poll(() => balancer.serving()).toBe(first)

    relays.set(...(await startRelay(second))) // has seen nothing of the run
    await kill(first)
    await write(800, 900)
    await client.xAdd('agent_run:run-1:stream', '*', { data: FINISHED })
    await page.locator('main[data-status=finished]').waitFor()
    await showsAll(900)
    const [cursors, gaps] = await page.evaluate(() => {
      const { cursors, gaps } = globalThis as Client
      return [cursors, gaps] as const
    })
    expect([new Set(cursors).size, cursors.length, gaps]).toEqual([901, 901, 0])
  })
})
