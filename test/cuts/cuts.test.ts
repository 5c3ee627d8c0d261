// The wire breaks at any byte, once and twice: the text is the same to the byte, nothing is lost, nothing comes twice.
import { describe, expect, it } from 'vitest'
import { sse, webSocket } from '../../src/index.ts'
import { aiSdk, openAi } from '../../src/protocols/index.ts'
import { VERSIONS } from '../protocols/ai-sdk-versions.ts'
import { cutBody, cutFetch } from './cut-fetch.ts'
import { cutSocket } from './cut-socket.ts'
import { type Endpoint, OWN_ENDPOINTS, RELAYED, SHORT } from './endpoints.ts'
import { type Outcome, readCut } from './read-cut.ts'

type Read = (cuts: readonly number[]) => Promise<Outcome>

const overSse =
  (endpoint: Endpoint): Read =>
  (cuts) =>
    readCut({
      transport: sse({ url: '/run', fetch: cutFetch(endpoint, cuts) }),
      protocol: endpoint.protocol,
    })

const overWebSocket =
  (endpoint: Endpoint): Read =>
  (cuts) => {
    const WebSocket = cutSocket(endpoint, cuts)
    const transport = webSocket({ url: 'http://localhost/v1/ws', stream: 's', WebSocket })
    return readCut({ transport, protocol: endpoint.protocol })
  }

const lengthOf = (endpoint: Endpoint): number =>
  new TextEncoder().encode(endpoint.serve({ after: null, url: '/run', connection: 0 })).length

async function comesToTheSame(read: Read, histories: Iterable<readonly number[]>): Promise<void> {
  const whole = await read([])
  expect(whole).toMatchObject({ status: 'finished', gaps: 0 })
  for (const cuts of histories) expect({ cuts, ...(await read(cuts)) }).toEqual({ cuts, ...whole })
}

function* everywhere(length: number): Generator<readonly number[]> {
  for (let cut = 0; cut <= length; cut++) {
    yield [cut]
    // The second cut walks through what is left at another pace than the first.
    yield [cut, (cut * 61) % length]
  }
}

// All of them take minutes (`npm run test:cuts`); the short form meets every offset as the first and as the second.
const STRIDE = process.env['CUTS'] === 'all' ? 1 : 29

function* pairs(length: number): Generator<readonly number[]> {
  for (let first = 0; first <= length; first++) {
    for (let second = first % STRIDE; second <= length; second += STRIDE) yield [first, second]
  }
}

describe.each([...RELAYED, ...OWN_ENDPOINTS])('$name over SSE', (endpoint) => {
  it('comes to the same wherever it is cut, once and twice', async () => {
    const length = lengthOf(endpoint)
    expect(length).toBeLessThan(4096)
    await comesToTheSame(overSse(endpoint), everywhere(length))
  }, 120_000)
})

describe.each(RELAYED)('$name over WebSocket', (endpoint) => {
  it('comes to the same wherever it is cut, once and twice', async () => {
    await comesToTheSame(overWebSocket(endpoint), everywhere(lengthOf(endpoint)))
  }, 120_000)
})

it.each([
  ['SSE', overSse(SHORT)],
  ['WebSocket', overWebSocket(SHORT)],
] as const)(
  'comes to the same over pairs of cuts of a short run over %s',
  async (_way, read) => {
    await comesToTheSame(read, pairs(lengthOf(SHORT)))
  },
  240_000,
)

const answer = VERSIONS.map((version) => ({
  version,
  name: version.name,
  response: () =>
    version.written((writer) => {
      writer.write({ type: 'start', messageId: 'a1' })
      writer.write({ type: 'text-start', id: 't1' })
      for (const delta of ['Grüße', ', 漢字 ', '🎉🎉', '\n']) {
        writer.write({ type: 'text-delta', id: 't1', delta })
      }
      writer.write({ type: 'text-end', id: 't1' })
      writer.write({ type: 'tool-input-start', toolCallId: 'k1', toolName: 'suche' })
      writer.write({ type: 'tool-input-delta', toolCallId: 'k1', inputTextDelta: '{"q":"漢"}' })
      const input = { q: '漢' }
      writer.write({ type: 'tool-input-available', toolCallId: 'k1', toolName: 'suche', input })
      writer.write({ type: 'tool-output-available', toolCallId: 'k1', output: { hits: 3 } })
      writer.write({ type: 'finish' })
    }),
}))

describe.each(answer)('a POST that $name answers, read on at its resume route', ({ response }) => {
  it('comes to the same wherever it is cut, once and twice', async () => {
    const bytes = new Uint8Array(await response().arrayBuffer())
    // The route replays the run from its beginning, as resumable-stream does.
    const route: Endpoint = {
      name: 'resume route',
      protocol: aiSdk(),
      events: 0,
      serve: () => new TextDecoder().decode(bytes),
    }
    let posts = 0
    const read: Read = ([first, ...rest]) =>
      readCut({
        url: '/api/chat/1/stream',
        protocol: aiSdk(),
        fetch: cutFetch(route, rest),
        start: async () => {
          posts++
          return new Response(cutBody(bytes, first), {
            headers: { 'content-type': 'text/event-stream' },
          })
        },
      })
    const histories = [...everywhere(bytes.length)]
    await comesToTheSame(read, histories)
    expect(posts).toBe(histories.length + 1)
  }, 120_000)
})

it('is truncated, with its text kept, where a stream has no ids and is not replayed', async () => {
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
  const text = `${['Grü', 'ße ', '漢字', '🎉'].map(chunk).join('')}data: [DONE]\n\n`
  const endpoint: Endpoint = { name: 'chat', protocol: openAi(), events: 0, serve: () => text }
  const read = overSse(endpoint)
  const whole = (await read([])).messages[0]?.text ?? ''
  for (let cut = 0; cut < lengthOf(endpoint); cut++) {
    const { messages, status } = await read([cut])
    const shown = messages[0]?.text ?? ''
    expect(whole.startsWith(shown)).toBe(true)
    // The last bytes are only the word that nothing follows.
    if (status === 'finished') expect(shown).toBe(whole)
    else expect({ cut, status }).toEqual({ cut, status: shown === '' ? 'failed' : 'truncated' })
  }
}, 60_000)
