// What every backend promises, run on each of them: pages follow a cursor exactly, what no longer fits is a gap, and
// a watch rings for all that is written after it is ready.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backend, Page } from '../../src/relay/index.ts'

/** A backend, and a producer that writes as agents do. */
export interface Subject {
  readonly backend: Backend
  append(id: string, payload: string | Buffer): Promise<unknown>
  delete(id: string): Promise<unknown>
  /** What a producer's side has heard of stops by now, for runs of the layout in use. */
  heardStop(id: string): Promise<boolean>
  close(): Promise<void>
}

const all = { limit: 100, follow: false }
const follow = { ...all, follow: true }
const texts = (page: Page): string[] => page.entries.map(({ data }) => data.toString())

/** Declares the suite for one backend. */
export function testBackendContract(name: string, create: () => Promise<Subject>): void {
  describe(`${name} keeps the backend contract`, () => {
    let subject: Subject
    let count = 0
    const nextId = (): string => `contract_${name.replaceAll(/\W/g, '')}_${count++}`
    beforeAll(async () => {
      subject = await create()
      await vi.waitFor(() => expect(subject.backend.isReady()).toBe(true), 5000)
    })
    afterAll(() => subject.close())

    async function write(id: string, payloads: readonly string[]): Promise<void> {
      for (const payload of payloads) await subject.append(id, payload)
    }

    it('says that a log does not exist yet, without a gap', async () => {
      const page = await subject.backend.read(nextId(), null, all)
      expect(page).toEqual({
        exists: false,
        gap: null,
        entries: [],
        more: false,
        next: null,
        at: null,
      })
    })

    it('reads all events in order, byte for byte, each with its own cursor', async () => {
      const id = nextId()
      const payloads = ['{"a":1}', '{"a":1}', '', 'no json', 'é\n\u{1f600}', '{"a":1}']
      await write(id, payloads)
      const page = await subject.backend.read(id, null, all)
      expect(texts(page)).toEqual(payloads)
      expect(new Set(page.entries.map(({ cursor }) => cursor)).size).toBe(payloads.length)
      expect(page).toMatchObject({
        exists: true,
        gap: null,
        more: false,
        next: page.entries.at(-1)?.cursor,
      })
    })

    it('keeps bytes that are not UTF-8', async () => {
      const id = nextId()
      const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0a])
      await subject.append(id, bytes)
      const { entries } = await subject.backend.read(id, null, all)
      expect(entries[0]?.data).toEqual(bytes)
    })

    it('reads exactly the rest after any cursor, and proves the entry at it', async () => {
      const id = nextId()
      const payloads = ['0', '1', '2', '3', '4']
      await write(id, payloads)
      const { entries } = await subject.backend.read(id, null, all)
      for (const [index, { cursor }] of entries.entries()) {
        const page = await subject.backend.read(id, cursor, all)
        expect(texts(page)).toEqual(payloads.slice(index + 1))
        expect(page).toMatchObject({ gap: null, next: entries.at(-1)?.cursor })
        expect(page.at?.toString()).toBe(payloads[index])
      }
    })

    it('reads page by page up to the limit', async () => {
      const id = nextId()
      const payloads = Array.from({ length: 7 }, (_, n) => `e${n}`)
      await write(id, payloads)
      const seen: string[] = []
      let after: string | null = null
      for (let more = true; more;) {
        const page: Page = await subject.backend.read(id, after, { ...all, limit: 3 })
        expect(page.entries.length).toBeLessThanOrEqual(3)
        seen.push(...texts(page))
        after = page.next
        more = page.more
      }
      expect(seen).toEqual(payloads)
    })

    it('says that a log expired to whoever has seen a part of it', async () => {
      const id = nextId()
      await write(id, ['0', '1'])
      const { next } = await subject.backend.read(id, null, all)
      await subject.delete(id)
      const page = await subject.backend.read(id, next, follow)
      expect(page).toMatchObject({ exists: false, gap: 'expired', entries: [], next: null })
    })

    it('says that a log was replaced, and reads the new one from its start', async () => {
      const id = nextId()
      await write(id, ['old 0', 'old 1', 'old 2'])
      const { next } = await subject.backend.read(id, null, all)
      await subject.delete(id)
      await write(id, ['new 0', 'new 1', 'new 2', 'new 3'])
      const page = await subject.backend.read(id, next, follow)
      expect(page).toMatchObject({ exists: true, gap: 'replaced' })
      expect(texts(page)).toEqual(['new 0', 'new 1', 'new 2', 'new 3'])
    })

    it('tells a shorter new log from the old one', async () => {
      const id = nextId()
      await write(id, ['0', '1', '2'])
      const { next } = await subject.backend.read(id, null, all)
      await subject.delete(id)
      await write(id, ['0'])
      const page = await subject.backend.read(id, next, follow)
      expect(page).toMatchObject({ gap: 'replaced' })
      expect(texts(page)).toEqual(['0'])
    })

    it('tells a new log from the old one also where the event at the cursor is the same', async () => {
      const id = nextId()
      await write(id, ['old', 'same', 'tail'])
      const { entries } = await subject.backend.read(id, null, all)
      await subject.delete(id)
      await write(id, ['new', 'same', 'other'])
      const page = await subject.backend.read(id, entries[1]?.cursor ?? '', follow)
      expect(page).toMatchObject({ gap: 'replaced', at: null })
      expect(texts(page)).toEqual(['new', 'same', 'other'])
    })

    it('wakes a watch for what is written after it is ready, also into a log that did not exist', async () => {
      const id = nextId()
      const wake = vi.fn<(reason: unknown) => void>()
      const watch = subject.backend.watch(id, wake)
      await watch.ready
      const { next } = await subject.backend.read(id, null, follow)
      wake.mockClear()
      await subject.append(id, 'first')
      await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
      const page = await subject.backend.read(id, next, follow)
      expect(texts(page)).toEqual(['first'])
      wake.mockClear()
      await subject.append(id, 'second')
      await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
      expect(texts(await subject.backend.read(id, page.next, follow))).toEqual(['second'])
      watch.close()
    })

    it.for([[0], [2]])(
      'asks a run of %i events to stop, where its producer hears it',
      async ([n]) => {
        const id = nextId()
        await write(
          id,
          Array.from({ length: n ?? 0 }, () => '{}'),
        )
        expect(await subject.heardStop(id)).toBe(false)
        await subject.backend.stop(id)
        await vi.waitFor(async () => expect(await subject.heardStop(id)).toBe(true), 5000)
      },
    )

    it('says how it is connected', () => {
      const { connections, commands, reconnects } = subject.backend.info()
      for (const count of [connections, commands, reconnects]) {
        expect(count).toBeGreaterThanOrEqual(0)
      }
    })

    it('describes a log', async () => {
      const id = nextId()
      expect(await subject.backend.stat(id)).toEqual({
        length: 0,
        first: null,
        last: null,
        ended: false,
        layout: null,
      })
      await write(id, ['{}', '{"type":"status","status":"completed"}'])
      const { entries } = await subject.backend.read(id, null, all)
      const [first, last] = entries
      const expected = { length: 2, first: first?.cursor, last: last?.cursor, ended: true }
      expect(await subject.backend.stat(id)).toMatchObject(expected)
    })
  })
}
