// A seeded sample of cuts on a real wire: the built-in fetch and WebSocket of a browser, a real relay, and a TCP
// connection that is gone after so many bytes, wherever that is in headers, frames or characters.
import { expect, inject, it } from 'vitest'
import { createAgentStream, sse, type Transport, webSocket } from 'framewise'
import { createSeededRandom } from '../../src/testing/seeded-random.ts'

const server = inject('cutServer')
const CUTS = 100

const TEXTS = ['Grüße', ', 漢字', ' und ', '🎉🎉', '\n\n', '**fett** ', 'naïve ', 'ﬁn', '🏁']
const payloads = [
  { type: 'RUN_STARTED', threadId: 't', runId: 'r' },
  ...TEXTS.map((delta) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })),
  { type: 'RUN_FINISHED', threadId: 't', runId: 'r' },
].map((event) => JSON.stringify(event))

const send = async (method: string, path: string, body: unknown): Promise<string> => {
  const response = await fetch(`${server}/${path}`, { method, body: JSON.stringify(body) })
  return response.text()
}

async function readOver(
  transport: Transport,
): Promise<{ text: string; seen: number; status: string }> {
  let seen = 0
  const stream = createAgentStream({
    transport,
    reconnect: { random: () => 0, maxAttempts: 50 },
    onEvent: () => void seen++,
  })
  const over = new Promise<void>((resolve) => {
    stream.store.subscribe(({ connection }) => connection === 'closed' && resolve())
  })
  stream.connect()
  await over
  stream.close()
  const { messages, status } = stream.store.getState()
  return { text: messages.map(({ text }) => text).join('|'), seen, status }
}

const ways: readonly [string, (origin: string, run: string) => Transport][] = [
  ['SSE', (origin, run) => sse({ url: `${origin}/v1/streams/${run}/events` })],
  ['WebSocket', (origin, run) => webSocket({ url: `${origin}/v1/ws`, stream: run })],
]

// The relay asks for a second or two before a next attempt, which many can wait for together.
const TOGETHER = 20

it.each(ways)(
  'comes to the same over any cuts of %s',
  async (name, open) => {
    const run = `cuts-${name}`
    await send('PUT', `runs/${run}`, payloads)
    const random = createSeededRandom(name.length)
    const histories = Array.from({ length: CUTS }, () =>
      Array.from({ length: 1 + random.below(3) }, () => random.below(2400)),
    )
    const readCut = async (cuts: readonly number[]): Promise<void> => {
      const origin = await send('POST', 'wires', cuts)
      expect({ cuts, ...(await readOver(open(origin, run))) }).toEqual({
        cuts,
        text: TEXTS.join(''),
        seen: payloads.length,
        status: 'finished',
      })
    }
    while (histories.length > 0) await Promise.all(histories.splice(0, TOGETHER).map(readCut))
  },
  120_000,
)
