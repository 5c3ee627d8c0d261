// Cut the wire at any byte, as often as you like: the text must be the same to the byte, nothing lost, nothing twice.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAgentStream, sse } from '../src/index.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { scenario, textOf } from '../src/testing/scenario.ts'

const events = scenario({ events: 60, chunk: 5, seed: 7 })
const frames = events.map((event, index) => `id: c${index}\ndata: ${JSON.stringify(event)}\n\n`)
const encoder = new TextEncoder()

/** A server that cuts each of its answers after so many bytes, and serves the rest to whom comes back. */
function server(cuts: readonly number[]) {
  const asked: (string | null)[] = []
  let connection = 0
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const after = new Headers(init?.headers).get('last-event-id')
    const from = after === null ? 0 : Number(after.slice(1)) + 1
    asked.push(after)
    const bytes = encoder.encode(frames.slice(from).join(''))
    const cut = cuts[connection++]
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut ?? bytes.length))
        if (cut !== undefined && cut < bytes.length) {
          // A pull later, so that what was sent arrives before the break.
          setTimeout(() => controller.error(new TypeError('connection reset')), 0)
        } else controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, asked }
}

async function readAll(cuts: readonly number[], schedule: 'adaptive' | 'immediate') {
  const { fetch, asked } = server(cuts)
  const clock = createManualClock()
  const seen: string[] = []
  const stream = createAgentStream({
    transport: sse({ url: '/run', fetch }),
    clock,
    schedule,
    reconnect: { maxAttempts: 1000 },
    onEvent: ({ cursor }) => seen.push(String(cursor)),
  })
  stream.connect()
  const isOver = (): boolean => stream.store.getState().status === 'finished'
  for (let step = 0; step < 5000 && !isOver(); step++) await clock.advance(250)
  return { state: stream.store.getState(), seen, asked, counts: stream.metrics.snapshot() }
}

const total = encoder.encode(frames.join('')).length

it('survives a cut anywhere', async () => {
  const stride = 5
  for (let cut = 0; cut < total; cut += stride) {
    const { state, seen } = await readAll([cut], 'adaptive')
    expect(state.status).toBe('finished')
    expect(seen).toEqual(frames.map((_, index) => `c${index}`))
  }
}, 60_000)

it('gives byte-identical text after any history of cuts', async () => {
  const cuts = fc.array(fc.oneof(fc.nat(total), fc.nat(200)), { maxLength: 12 })
  const schedule = fc.constantFrom('adaptive' as const, 'immediate' as const)
  await fc.assert(
    fc.asyncProperty(cuts, schedule, async (history, pace) => {
      const { state, seen, counts } = await readAll(history, pace)
      const text = state.messages
        .filter(({ role }) => role === 'assistant')
        .map((message) => message.text)
      expect(text.join('')).toBe(textOf(events))
      expect(seen).toEqual(frames.map((_, index) => `c${index}`))
      expect(counts).toMatchObject({ events: frames.length, malformed: 0, unknown: 0, backlog: 0 })
      expect(state.gaps).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 60_000)
