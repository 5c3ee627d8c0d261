// The table of what can be known is true of the meter, and is the one in the docs.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAgentStream } from '../../../src/index.ts'
import { createMeter } from '../../../src/metrics/index.ts'
import { STAGES } from '../../../src/metrics/snapshot.ts'
import { createInbox } from '../../../src/transport/inbox.ts'
import type { Transport } from '../../../src/transport/transport.ts'
import { createManualClock } from '../../../src/testing/manual-clock.ts'
import {
  knownIn,
  type Layout,
  LAYOUTS,
  type Row,
  ROWS,
  type Setting,
  SETTINGS,
} from './known-stages.ts'

const EPOCH = 1_800_000_000_000

/** One event every 40 ms, as this layout and this relay would bring it. */
function transportOf({ layout, worker }: Setting): Transport {
  const isRelay = layout !== 'foreign'
  return {
    name: layout,
    async *open({ signal, clock }) {
      const inbox = createInbox(signal)
      const put = (...frames: { event: string; id?: string; data: object }[]): void => {
        const at = clock.now()
        const stamps = worker ? { worker: { parsedAt: at, takenAt: at } } : {}
        inbox.put({
          at,
          ...stamps,
          frames: frames.map(({ event, id, data }) => ({ event, id, data: JSON.stringify(data) })),
        })
      }
      inbox.put({ at: clock.now(), frames: [] })
      if (isRelay) {
        put({ event: 'relay.hello', data: {} })
        put({ event: 'relay.caught-up', data: {} })
      }
      let count = 0
      const next = (): void => {
        const now = EPOCH + clock.now()
        const id = { 'suna-stream': `S-${Math.floor(now) - 9}-0`, foreign: `${count}` }
        const read = { readStartMs: now - 8, readEndMs: now - 6, sentMs: now - 5, rttMs: 2 }
        if (isRelay) put({ event: 'relay.timing', data: { n: 1, ...read } })
        put({
          event: 'message',
          id:
            layout === 'suna-stream' || layout === 'foreign'
              ? id[layout]
              : `L-0a0a0a0a-${count}-0a0a0a0a`,
          data: { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'text', made: now - 20 },
        })
        count++
        clock.setTimer(next, 40)
      }
      clock.setTimer(next, 40)
      yield* inbox.reads()
    },
    time: isRelay
      ? async () => ({ receivedMs: EPOCH + 1, sentMs: EPOCH + 1, storeOffsetMs: 0, storeRttMs: 1 })
      : undefined,
  }
}

const payloadTime = ({ data }: { readonly data: string }): number =>
  (JSON.parse(data) as { made: number }).made

const nameOf = ({ layout, payloadTimes, worker, isolated }: Setting): string =>
  [
    layout,
    payloadTimes ? 'payload times' : 'no payload times',
    worker ? 'in a Worker' : 'in the page',
    isolated ? 'isolated' : 'not isolated',
  ].join(', ')

describe('what is known of each stage', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it.each(SETTINGS.map((setting) => [nameOf(setting), setting] as const))(
    '%s',
    async (_, setting) => {
      vi.stubGlobal('crossOriginIsolated', setting.isolated)
      const clock = createManualClock()
      const stream = createAgentStream({
        transport: transportOf(setting),
        clock,
        metrics: (given) => createMeter(setting.payloadTimes ? { ...given, payloadTime } : given),
      })
      stream.connect()
      await clock.advance(3000)
      const snapshot = stream.metrics.snapshot()
      const sources = STAGES.map((name) => [name, snapshot.stages[name]?.source ?? null])
      expect(Object.fromEntries(sources)).toEqual(knownIn(setting))
      const unknown = STAGES.filter((name) => snapshot.stages[name] === null)
      expect(snapshot.missing.map((line) => line.split(': ')[0])).toEqual(unknown)
      expect(snapshot.closing).toBeCloseTo(1, 6)
      expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
      stream.close()
    },
  )
})

it('is the table of the docs', () => {
  const docs = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  const rowsOf = (layout: Layout, rows: readonly Row[], name: string): string[] =>
    rows.map(({ stage, source }) => {
      const cell = (partial: Partial<Setting>): string => {
        const plain = { layout, payloadTimes: false, worker: false, isolated: true }
        return source({ ...plain, ...partial }) ?? 'null'
      }
      const cells = [
        cell({}),
        cell({ payloadTimes: true }),
        cell({ worker: true }),
        cell({ isolated: false }),
      ]
      return `| ${name} | \`${stage}\` | ${cells.join(' | ')} |`
    })
  const inPage = ROWS.filter(({ by }) => by === 'isolation' || by === 'nothing')
  const before = ROWS.filter((row) => !inPage.includes(row))
  const table = LAYOUTS.flatMap((layout) => rowsOf(layout, before, layout))
  table.push(...rowsOf('foreign', inPage, 'any'))
  expect(docs).toContain(table.join('\n'))
})
