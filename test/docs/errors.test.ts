// docs/errors.md: a section for every code and for nothing else, and a table that says what the stream really does.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { createReference } from '../../.ci/api/reference.ts'
import { AgentStreamError, type AgentStreamErrorCode } from '../../src/core/errors.ts'
import { control, delta, event, finished, setUpStream } from '../set-up-stream.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const page = read('docs/errors.md')

// From the source, by the reader of unions that the reference is made with.
const reference = createReference([{ specifier: 'errors', index: 'src/core/errors.ts' }], read)
const [, union = ''] = (reference.pages.get('errors.md') ?? '').split('## AgentStreamErrorCode')
const codes = [...union.matchAll(/^\| `'([\w-]+)'` \|/gm)].map(([, code = '']) => code)

const rows = new Map(
  [...page.matchAll(/^\| `([\w-]+)` \| (.*) \| (.*) \| (.*) \| (.*) \|$/gm)].map(
    ([, code = '', ...cells]) => [code, cells],
  ),
)

describe('the page of errors', () => {
  it('has a section and a row for every code, in the order of the source, and none left over', () => {
    expect(codes).toContain('connection-failed')
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(codes)
    expect([...rows.keys()]).toEqual(codes)
  })

  it('says what happens and what to do in every section', () => {
    for (const section of page.split(/^## /m).slice(1)) {
      const [code] = section.split('\n')
      expect(section, code).toContain('**Remedy.**')
      expect(section, code).toContain('**What happens.**')
    }
  })
})

type Stream = Awaited<ReturnType<typeof reading>>

const broken = (code: AgentStreamErrorCode, status?: number) => (stream: Stream) =>
  stream.transport.cut(new AgentStreamError(code, 'in a test', { status }))

// What makes each error, on a stream that has received one event and must not try again.
const troubles: Partial<Record<AgentStreamErrorCode, (stream: Stream) => void | Promise<void>>> = {
  'connection-failed': broken('connection-failed'),
  'http-status': broken('http-status', 404),
  'content-type': broken('content-type', 200),
  oversize: broken('oversize'),
  'malformed-event': ({ transport }) => transport.send('{'),
  'backlog-exceeded': ({ transport }) =>
    transport.send(...Array.from({ length: LIMITS.backlogEvents + 1 }, () => delta('x'))),
  'message-too-long': ({ transport }) => transport.send(delta('x'.repeat(LIMITS.messageChars))),
  'idle-timeout': ({ clock }) => clock.advance(IDLE_MS),
  'connection-stalled': ({ stalled }) =>
    stalled(new AgentStreamError('connection-stalled', 'in a test')),
  busy: ({ stream }) => expect(stream.start('Hi')).rejects.toMatchObject({ code: 'busy' }),
  'send-failed': async ({ stream, transport, clock }) => {
    transport.send(finished())
    await clock.settle()
    await stream.start('Hi')
  },
  'cancel-failed': ({ stream }) => stream.stop({ cancelRun: true }),
  'relay-error': ({ transport }) =>
    transport.send(control('error', { code: 'backend-unavailable', message: 'gone' })),
  'not-started': ({ transport }) =>
    transport.send(control('error', { code: 'not-started', message: 'nothing came' })),
  'run-failed': ({ transport }) => transport.send(event({ type: 'RUN_ERROR', message: 'no' })),
  'callback-threw': ({ stream, transport }) => {
    stream.store.subscribe(() => {
      throw new Error('mine')
    })
    transport.send(delta('x'))
  },
}

// Told in another way: by the run's own end, and by the promise that `start` gave.
const NO_ERROR_OF_THE_STREAM: ReadonlySet<string> = new Set(['run-failed', 'busy'])
const LIMITS = { backlogEvents: 50, messageChars: 100 }
const IDLE_MS = 10_000

async function reading() {
  const onError = vi.fn<(error: AgentStreamError) => void>()
  const refuse = async () => Promise.reject(new Error('refused'))
  const bench = setUpStream({
    onError,
    reconnect: { maxAttempts: 0 },
    limits: LIMITS,
    idleTimeoutMs: IDLE_MS,
    start: refuse,
    cancel: refuse,
  })
  const open = vi.spyOn(bench.transport, 'open')
  bench.stream.connect()
  await bench.clock.settle()
  bench.transport.send(delta('Hello'))
  await bench.clock.advance(100)
  const stalled = (error: AgentStreamError): void => open.mock.lastCall?.[0].onStall?.(error)
  return { ...bench, onError, stalled }
}

describe('the table of errors', () => {
  it('is held against a real stream in every row; that of a mismatch in a test of its own', () => {
    const all = [...Object.keys(troubles), 'protocol-mismatch']
    expect(all.toSorted()).toEqual(codes.toSorted())
  })

  it.each(Object.entries(troubles))('tells what a stream does at %s', async (code, trouble) => {
    const bench = await reading()
    await trouble(bench)
    await bench.clock.advance(500)
    const { status, connection, error } = bench.state()
    const [goesOn = '', inStatus, inConnection, inError] = rows.get(code) ?? []
    const shown = (now: string, before: string): string =>
      now === before ? 'as it was' : `\`${now}\``
    expect(shown(status, 'streaming')).toBe(inStatus)
    expect(shown(connection, 'open')).toBe(inConnection)
    expect(error?.code).toBe(inError === 'yes' ? code : undefined)
    expect(goesOn.startsWith('yes')).toBe(connection !== 'closed')
    const told = bench.onError.mock.calls.map(([problem]) => problem.code)
    expect(new Set(told)).toEqual(new Set(NO_ERROR_OF_THE_STREAM.has(code) ? [] : [code]))
  })

  it('tells of a mismatch, which needs a stream that understood nothing', async () => {
    const { stream, clock, transport, state } = setUpStream()
    stream.connect()
    await clock.settle()
    for (let index = 0; index < 20; index++) transport.send(event({ type: 'foreign' }))
    await clock.advance(500)
    const [goesOn, , , inError] = rows.get('protocol-mismatch') ?? []
    expect([goesOn, inError]).toEqual(['yes', 'yes'])
    expect(state()).toMatchObject({ connection: 'open', error: { code: 'protocol-mismatch' } })
  })

  it('says `failed` for what ends a stream before its first event', async () => {
    const { stream, clock, transport, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(new AgentStreamError('http-status', 'in a test', { status: 404 }))
    await clock.advance(500)
    expect(page).toContain('leaves it `failed` in place of `truncated`')
    expect(state()).toMatchObject({ status: 'failed', connection: 'closed' })
  })
})
