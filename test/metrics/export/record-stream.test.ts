// What a page records is what came, once each and when, and replays to the same text; limits are kept and told of.
import { describe, expect, it } from 'vitest'
import { createAgentStream, type Protocol, type Recording, replay } from '../../../src/index.ts'
import { recordStream, type StreamRecorder } from '../../../src/metrics/export/record-stream.ts'
import { agUi, aiSdk, openAi, suna, text } from '../../../src/protocols/index.ts'
import { fakeTransport } from '../../../src/testing/fake-transport.ts'
import { createManualClock } from '../../../src/testing/manual-clock.ts'
import { scenario } from '../../../src/testing/scenario.ts'
import { type SunaLayout, sunaRows, writeSunaRow } from '../../../src/testing/suna-envelope.ts'
import { decodeRecording } from '../../../src/wire/recording.ts'
import { control, delta, event, finished, setUpStream, started } from '../../set-up-stream.ts'

const textOf = ({ state }: ReturnType<typeof setUpStream>): string =>
  state()
    .messages.map(({ text }) => text)
    .join('|')

async function connected(extra: Parameters<typeof setUpStream>[0] = {}) {
  const page = setUpStream(extra)
  const recorder = recordStream(page.stream)
  page.stream.connect()
  await page.clock.settle()
  return { ...page, page, recorder }
}

/** The text of a recording that is played to its end. */
async function replayed(recording: Recording): Promise<string> {
  const protocol = recording.protocol === 'suna' ? suna() : undefined
  const page = setUpStream({ protocol, transport: replay(recording) } as object)
  page.stream.connect()
  await page.clock.advance(600_000)
  return textOf(page)
}

/** A run as it lies in Redis, a row every 7 ms. */
function sunaRun(layout: SunaLayout): Recording {
  const rows = sunaRows(scenario({ seed: 7, events: 200 }), { layout })
  const at = (index: number): number => 1_800_000_000_000 + 7 * index
  const events = rows.map((row, index) => ({
    t: 7 * index,
    id: layout === 'suna-stream' ? `S-${at(index)}-0` : `L-0000000a-${index}-0000000b`,
    data: writeSunaRow(row, at(index)),
  }))
  return { framewise: 1, layout, protocol: 'suna', events }
}

describe('recordStream', () => {
  it('keeps payloads, cursors and times of arrival, and what the relay itself says not', async () => {
    const { clock, transport, recorder } = await connected()
    transport.send(control('hello', { version: 1 }), started(), delta('a', 'S-1000-0'))
    await clock.advance(40)
    transport.send(control('timing', { n: 1 }), delta('b', 'S-1001-0'))
    await clock.advance(12.5)
    transport.send({ event: 'message', id: undefined, data: 'no json' })
    await clock.settle()
    const { events, ...header } = recorder.recording()
    expect(header).toEqual({
      framewise: 1,
      layout: 'unknown',
      protocol: 'ag-ui',
      timing: 'arrival',
    })
    expect(events.map(({ t, id }) => [t, id])).toEqual([
      [0, events[0]?.id],
      [0, 'S-1000-0'],
      [40, 'S-1001-0'],
      [52.5, null],
    ])
    expect(events[3]?.data).toBe('no json')
    expect(decodeRecording(recorder.toNDJSON())).toEqual({
      framewise: 1,
      layout: 'unknown',
      protocol: 'ag-ui',
      timing: 'arrival',
      events,
    })
    expect(await recorder.toBlob().text()).toBe(recorder.toNDJSON())
  })

  it.each(['suna-stream', 'suna-list'] as const)('replays %s to the same text', async (layout) => {
    const source = sunaRun(layout)
    const page = setUpStream({ protocol: suna(), transport: replay(source) } as object)
    const recorder = recordStream(page.stream)
    page.stream.connect()
    await page.clock.advance(600_000)
    const recording = decodeRecording(recorder.toNDJSON())
    expect(recording.events.map(({ id, data }) => [id, data])).toEqual(
      source.events.map(({ id, data }) => [id, data]),
    )
    expect(recording.layout).toBe(layout)
    expect(textOf(page).length).toBeGreaterThan(100)
    expect(await replayed(recording)).toBe(textOf(page))
  })

  it('tells the times of the log where it is asked to and the cursors tell', async () => {
    const { clock, transport, stream } = await connected()
    const recorder = recordStream(stream, { timing: 'log' })
    transport.send(delta('a', 'S-5000-0'), delta('b', 'S-5040-0'))
    await clock.advance(500)
    transport.send(delta('c', 'S-5060-0'))
    await clock.settle()
    const { timing, layout, events } = recorder.recording()
    expect({ timing, layout }).toEqual({ timing: 'log', layout: 'suna-stream' })
    expect(events.map(({ t }) => t)).toEqual([0, 40, 60])
  })

  it('holds once what a resumed connection sends once more', async () => {
    const { clock, transport, recorder } = await connected()
    transport.send(started(), delta('a', 'c-a'), delta('b', 'c-b'))
    transport.cut()
    await clock.advance(30_000)
    transport.send(delta('b', 'c-b'), delta('c', 'c-c'))
    await clock.settle()
    const deltas = recorder.recording().events.slice(1)
    expect(deltas.map(({ id }) => id)).toEqual(['c-a', 'c-b', 'c-c'])
  })

  it('begins anew with a log that takes the place of the one that was read', async () => {
    const { clock, transport, recorder, page } = await connected()
    transport.send(started('old'), delta('old', 'L-00000001-0-00000000'))
    transport.send(
      control('gap', { reason: 'replaced', from: null, to: null }),
      started('new'),
      delta('new', 'L-00000002-0-00000000'),
      finished('new'),
    )
    await clock.advance(100)
    expect(textOf(page)).toBe('new')
    expect(recorder.events).toBe(3)
    expect(await replayed(recorder.recording())).toBe('new')
  })

  const ids = (recorder: StreamRecorder) => recorder.recording().events.map(({ id }) => id)

  it('holds once what is read once more because the application went back', async () => {
    const { clock, transport, stream, recorder } = await connected()
    transport.send(delta('a', 'c-a'), delta('b', 'c-b'), delta('c', 'c-c'))
    await clock.settle()
    const { bytes } = recorder
    stream.hydrate([], 'c-a')
    expect(ids(recorder)).toEqual(['c-a'])
    await clock.settle()
    transport.send(delta('b', 'c-b'), delta('c', 'c-c'))
    await clock.settle()
    expect(ids(recorder)).toEqual(['c-a', 'c-b', 'c-c'])
    expect(recorder.bytes).toBe(bytes)
  })

  it('begins anew behind what the application skips', async () => {
    const { clock, transport, stream, recorder } = await connected()
    transport.send(delta('a', 'c-a'))
    await clock.settle()
    stream.hydrate([], 'c-y')
    await clock.settle()
    transport.send(delta('z', 'c-z'))
    await clock.settle()
    expect(ids(recorder)).toEqual(['c-z'])
  })

  it('keeps the times of the log when it goes back', async () => {
    const { clock, transport, stream } = await connected()
    const recorder = recordStream(stream, { timing: 'log' })
    transport.send(delta('a', 'S-5000-0'), delta('b', 'S-5040-0'), delta('c', 'S-5060-0'))
    await clock.settle()
    stream.hydrate([], 'S-5000-0')
    await clock.settle()
    transport.send(delta('b', 'S-5040-0'), delta('c', 'S-5060-0'))
    await clock.settle()
    expect(recorder.recording().events.map(({ t }) => t)).toEqual([0, 40, 60])
  })

  it('stays as it is where only the messages change, or nothing is read once more', async () => {
    const { clock, transport, stream, recorder } = await connected()
    transport.send(delta('a', 'c-a'), delta('b', 'c-b'))
    await clock.settle()
    stream.hydrate([])
    stream.hydrate([], 'c-b')
    expect(ids(recorder)).toEqual(['c-a', 'c-b'])
  })

  it('goes on with a body, which brings what it would have brought', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const start = async () => ({ transport: { ...transport, once: true } })
    const stream = createAgentStream({ id: 'x', start, clock })
    const recorder = recordStream(stream)
    await stream.start(undefined)
    await clock.settle()
    transport.send(delta('a', 'c-a'), delta('b', 'c-b'))
    await clock.settle()
    stream.hydrate([], 'c-a')
    transport.send(delta('c', 'c-c'))
    await clock.settle()
    expect(ids(recorder)).toEqual(['c-a', 'c-b', 'c-c'])
  })

  it('keeps its beginning, and no more, where its limit was reached before', async () => {
    const { clock, transport, stream } = await connected()
    const recorder = recordStream(stream, { maxEvents: 2 })
    transport.send(delta('a', 'c-a'), delta('b', 'c-b'), delta('c', 'c-c'))
    await clock.settle()
    stream.hydrate([], 'c-c')
    expect([recorder.state, ids(recorder)]).toEqual(['events-limit', ['c-a', 'c-b']])
    stream.hydrate([], 'c-a')
    expect([recorder.state, ids(recorder)]).toEqual(['recording', ['c-a']])
  })

  it('holds the frames of a log without ids that turns out to be another one', async () => {
    const unnumbered = (payload: object) => ({ ...event(payload), id: undefined })
    const said = (delta: string) =>
      unnumbered({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta })
    const protocol = { ...agUi, resume: 'from-start' as const }
    const told: string[] = []
    const onEvent = ({ raw }: { readonly raw: string }): void => void told.push(raw)
    const { clock, transport, recorder } = await connected({ protocol, onEvent })
    transport.send(said('same'), said('old'))
    transport.cut()
    await clock.advance(30_000)
    transport.send(said('same'))
    transport.send(said('other'))
    await clock.settle()
    const datas = recorder.recording().events.map(({ data }) => data)
    expect(datas).toEqual([said('same').data, said('other').data])
    // And the application is told the payload that each event is of.
    expect(told.slice(2)).toEqual(datas)
  })

  it('redacts what it hands out, at the same lengths and times', async () => {
    const { clock, transport, recorder, page } = await connected()
    transport.send(started(), delta('Olá, my secret is 4711'))
    await clock.advance(33)
    transport.send(delta(' and 東京'), finished())
    await clock.advance(100)
    const clear = recorder.recording()
    const hidden = decodeRecording(recorder.toNDJSON({ redact: true }))
    expect(JSON.stringify(hidden)).not.toMatch(/secret|4711|Ol|東/)
    const shape = ({ events }: Recording): unknown =>
      events.map(({ t, data }) => [t, data.length, new Blob([data]).size])
    expect(shape(hidden)).toEqual(shape(clear))
    expect((await replayed(hidden)).length).toBe(textOf(page).length)
    const always = recordStream(page.stream, { redact: true })
    const last = event({ type: 'CUSTOM', name: 'n', value: 'whisper' })
    transport.send(last)
    await clock.settle()
    expect(always.toNDJSON()).not.toContain('whisper')
    expect(always.toNDJSON({ redact: false })).toContain('whisper')
  })
})

describe('recordStream on a chat', () => {
  const answers: readonly (readonly [string, () => Protocol, (said: string) => string[]])[] = [
    ['text', text, (said) => [said, '[DONE]']],
    [
      'openAi',
      openAi,
      (said) => [JSON.stringify({ choices: [{ index: 0, delta: { content: said } }] }), '[DONE]'],
    ],
    [
      'aiSdk',
      aiSdk,
      (said) => [
        ...[
          { type: 'text-start', id: '0' },
          { type: 'text-delta', id: '0', delta: said },
        ].map((part) => JSON.stringify(part)),
        '[DONE]',
      ],
    ],
  ]

  function chat(protocol: Protocol, answer: (said: string) => string[]) {
    const clock = createManualClock()
    const start = async (said: string): Promise<Response> => {
      const body = answer(said).map((data) => `data: ${data}\n\n`)
      return new Response(body.join(''), { headers: { 'content-type': 'text/event-stream' } })
    }
    const stream = createAgentStream({ id: 'chat', start, protocol, clock })
    const say = async (said: string): Promise<void> => {
      await stream.start(said)
      await clock.advance(100)
    }
    return { stream, say, texts: () => stream.store.getState().messages.map((one) => one.text) }
  }

  it.each(answers)('begins anew with the second answer of %s', async (_, protocolOf, answer) => {
    const { stream, say, texts } = chat(protocolOf(), answer)
    const recorder = recordStream(stream)
    await say('first')
    expect(recorder.events).toBe(answer('first').length)
    await say('second')
    expect(texts()).toEqual(['first', 'second'])
    const page = setUpStream({
      protocol: protocolOf(),
      transport: replay(recorder.recording()),
    } as object)
    page.stream.connect()
    await page.clock.advance(1000)
    expect(textOf(page)).toBe('second')
  })

  it('records the next answer although the one before had no room, unless it was stopped', async () => {
    const { stream, say } = chat(text(), (said) => [...said, '[DONE]'])
    const recorder = recordStream(stream, { maxEvents: 4 })
    const stopped = recordStream(stream, { maxEvents: 4 })
    await say('too long')
    stopped.stop()
    expect([recorder.state, stopped.state]).toEqual(['events-limit', 'events-limit'])
    await say('ok')
    expect(recorder.state).toBe('recording')
    expect(recorder.recording().truncated).toBe(undefined)
    expect(recorder.recording().events.map(({ data }) => data)).toEqual(['o', 'k', '[DONE]'])
    expect(stopped.recording().events.map(({ data }) => data)).toEqual([...'too '])
    recorder.stop()
    await say('no')
    expect([recorder.state, recorder.events]).toEqual(['stopped', 3])
  })

  it('goes on with a run that is written into the same log', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const start = async (): Promise<undefined> => undefined
    const stream = createAgentStream({ transport, start, clock })
    const recorder = recordStream(stream)
    stream.connect()
    await clock.settle()
    transport.send(started('r1'), delta('one'), finished('r1'))
    await clock.advance(100)
    await stream.start(undefined)
    transport.send(started('r2'), finished('r2'))
    await clock.advance(100)
    expect(recorder.events).toBe(5)
  })
})

describe('the limits of recordStream', () => {
  async function limited(options: Parameters<typeof recordStream>[1]): Promise<StreamRecorder> {
    const { clock, transport, stream } = await connected()
    const recorder = recordStream(stream, options)
    for (let index = 0; index < 10; index++) transport.send(delta('x'.repeat(100), `c${index}`))
    await clock.settle()
    return recorder
  }

  it('keeps the first events, and says that more came', async () => {
    const recorder = await limited({ maxEvents: 4 })
    expect(recorder.state).toBe('events-limit')
    const recording = decodeRecording(recorder.toNDJSON())
    expect(recording.events.map(({ id }) => id)).toEqual(['c0', 'c1', 'c2', 'c3'])
    expect(recording.truncated).toBe(true)
  })

  it('holds no more memory than it may', async () => {
    const recorder = await limited({ maxBytes: 2000 })
    expect(recorder.state).toBe('bytes-limit')
    expect(recorder.bytes).toBeLessThanOrEqual(2000)
    const { data = '' } = recorder.recording().events[0] ?? {}
    expect(recorder.events).toBe(Math.floor(2000 / (2 * (data.length + 2) + 64)))
  })

  it('is at its limit only once something did not fit', async () => {
    const recorder = await limited({ maxEvents: 10 })
    expect(recorder.state).toBe('recording')
    expect(recorder.recording().truncated).toBe(undefined)
  })

  it('takes nothing more once it was stopped', async () => {
    const { clock, transport, stream } = await connected()
    const recorder = recordStream(stream)
    transport.send(delta('a'))
    await clock.settle()
    recorder.stop()
    transport.send(delta('b'))
    await clock.settle()
    recorder.stop()
    expect(recorder.state).toBe('stopped')
    expect(recorder.events).toBe(1)
  })

  it('refuses a limit that lets nothing in', async () => {
    const { stream } = setUpStream()
    expect(() => recordStream(stream, { maxEvents: 0 })).toThrow(TypeError)
    expect(() => recordStream(stream, { maxBytes: Number.NaN })).toThrow(TypeError)
  })
})
