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
      XRANGE: held.filter((id) => id >= Number.parseInt(from)).map(entry),
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
