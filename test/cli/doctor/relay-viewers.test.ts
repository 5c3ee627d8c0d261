// What the doctor makes of a relay's /metrics: the text is the relay's own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { askViewers } from '../../../src/cli/doctor/relay-viewers.ts'
import { createMetrics } from '../../../src/cli/relay/metrics.ts'
import { createRelay, memoryBackend } from '../../../src/relay/index.ts'
import type { RelayStats } from '../../../src/relay/index.ts'

/** Serves a text at /metrics. */
async function serve(text: (() => Promise<string>) | null): Promise<string> {
  const server = createServer((_, res) => {
    if (text === null) res.writeHead(404).end('nothing here')
    else void text().then((body) => res.end(body))
  }).listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function metricsWith(viewersBy: RelayStats['viewersBy']): () => Promise<string> {
  const relay = createRelay({ backend: memoryBackend() })
  onTestFinished(() => relay.close())
  return createMetrics(() => ({ ...relay.stats(), viewersBy })).text
}

it('adds up the viewers of all transports', async () => {
  const url = await serve(metricsWith({ sse: 5, webSocket: 7 }))
  expect(await askViewers(url)).toEqual({ count: 12, trouble: null })
})

it('knows none from a relay that has none', async () => {
  const url = await serve(metricsWith({ sse: 0, webSocket: 0 }))
  expect(await askViewers(url)).toEqual({ count: 0, trouble: null })
})

it.each([
  ['has its metrics elsewhere', () => serve(null), /answers 404; .*--admin-port/],
  ['is something else', () => serve(() => Promise.resolve('up 1\n')), /no relay_clients in/],
  ['is not there', () => Promise.resolve('http://127.0.0.1:1'), /^\S/],
])('says why where the relay %s', async (_, open, why) => {
  expect(await askViewers(await open())).toEqual({
    count: null,
    trouble: expect.stringMatching(why),
  })
})
