// Reads of a Redis Stream that take more than one command, with a producer that writes in between.
import { expect, it } from 'vitest'
import type { Reply, Send } from '../../../src/relay/redis/redis-session.ts'
import { readStream } from '../../../src/relay/redis/stream-log.ts'

/** A stream in memory whose producer adds an entry whenever it is asked about itself. */
function streamOf(ids: readonly number[], added: number): Send {
  const held = [...ids]
  return (command, _key, from = '') => {
    const replies: Record<string, Reply> = {
      XINFO: ['length', held.length, 'last-generated-id', `${added}-0`, 'entries-added', added],
      XRANGE: held.filter((id) => id >= (Number.parseInt(from) || 0)).map(entry),
    }
    if (command === 'XINFO') held.push(++added)
    return Promise.resolve(replies[command ?? ''] ?? null)
  }
}

const entry = (id: number): Reply => [
  Buffer.from(`${id}-0`),
  [Buffer.from('data'), Buffer.from(`event ${id}`)],
]

it('misses nothing that is added while it finds out why the entry at the cursor is gone', async () => {
  const after = { form: 'stream', entryId: '5-0' } as const
  const page = await readStream(streamOf([1, 2, 3, 4], 5), { key: 'k', field: 'data' }, after, {
    limit: 10,
    follow: false,
  })
  expect(page.gap).toBe(null) // that entry alone is missing, and was seen
  expect(page.entries.map(({ data }) => String(data))).toEqual(['event 6'])
  expect(page.next).toBe('S-6-0')
})

it('knows no place in a log that was flushed while it was read', async () => {
  const info = ['length', 1, 'last-generated-id', '1-0', 'entries-added', 1]
  const answers: Record<string, Reply[]> = { XINFO: [info, null], XRANGE: [[]] }
  const send: Send = (command = '') => Promise.resolve(answers[command]?.shift() ?? null)
  const options = { limit: 10, follow: false }
  const page = await readStream(send, { key: 'k', field: 'data' }, null, options)
  expect(page).toMatchObject({ exists: false, gap: null, entries: [], next: null })
})

it('tells a head that was cut while the log was read from its start', async () => {
  const whole = ['length', 2, 'last-generated-id', '2-0', 'entries-added', 2, 'first-entry']
  const cut = ['length', 1, 'last-generated-id', '3-0', 'entries-added', 3, 'first-entry']
  const answers: Record<string, Reply[]> = {
    XINFO: [
      [...whole, entry(1)],
      [...cut, entry(3)],
    ],
    XRANGE: [[entry(3)], [entry(3)]],
  }
  const send: Send = (command = '') => Promise.resolve(answers[command]?.shift() ?? null)
  const options = { limit: 10, follow: false }
  const page = await readStream(send, { key: 'k', field: 'data' }, null, options)
  expect(page).toMatchObject({ gap: 'trimmed', next: 'S-3-0' })
})

/** A stream that is written to and trimmed while it is read: its state after each of the commands that look at it. */
function streamThrough(...states: { info?: Reply; ids: readonly number[] }[]): Send {
  return (command = '', _key, from = '', _to, _count, limit = '') => {
    const { info = null, ids } = (states.length > 1 ? states.shift() : states[0]) ?? { ids: [] }
    if (command === 'XINFO') return Promise.resolve(info)
    const found = ids.filter((id) => id >= (Number.parseInt(from) || 0))
    return Promise.resolve(found.slice(0, Number(limit)).map(entry))
  }
}

const infoOf = (length: number, added: number, deleted = 0): readonly Reply[] => [
  'length',
  length,
  'last-generated-id',
  `${added}-0`,
  'entries-added',
  added,
  'max-deleted-entry-id',
  `${deleted}-0`,
]

it('tells a head that is cut while it finds out why the entry at the cursor is gone', async () => {
  const before = [1, 2, 3, 4, 6, 7, 8] // 5 was taken out
  const states = [{ ids: before }, { ids: before, info: infoOf(7, 8, 5) }, { ids: before }]
  const send = streamThrough(...states, { ids: [8] })
  const options = { limit: 10, thorough: false, follow: false }
  const after = { form: 'stream', entryId: '5-0' } as const
  const { gap, entries } = await readStream(send, { key: 'k', field: 'data' }, after, options)
  const whole = entries.map(({ cursor }) => cursor).join() === 'S-6-0,S-7-0,S-8-0'
  expect(whole || gap === 'trimmed').toBe(true)
})

it('tells what is written and trimmed after an emptied stream said that nothing is missing', async () => {
  const send = streamThrough({ ids: [] }, { ids: [], info: infoOf(0, 5) }, { ids: [7] })
  const options = { limit: 10, thorough: false, follow: false }
  const after = { form: 'stream', entryId: '5-0' } as const
  const page = await readStream(send, { key: 'k', field: 'data' }, after, options)
  expect(page).toMatchObject({ gap: 'trimmed', next: 'S-7-0' })
})

const BROKEN = Buffer.from([0xff, 0xfe, 0x41])

it.each([
  ['value', ['other', BROKEN]],
  ['name', [BROKEN, 'other']],
])('passes on as it is a %s that is not UTF-8, for the viewers to be told', async (_, fields) => {
  const reply: Reply = [[Buffer.from('1-0'), fields.map((bytes) => Buffer.from(bytes))]]
  const info = [...infoOf(1, 1), 'first-entry', entry(1)]
  const send: Send = (command) => Promise.resolve(command === 'XINFO' ? info : reply)
  const options = { limit: 10, thorough: false, follow: false }
  const { entries } = await readStream(send, { key: 'k', field: 'data' }, null, options)
  expect(entries).toEqual([{ cursor: 'S-1-0', data: BROKEN }])
})
