import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, listCursor, parseCursor, streamCursor } from '../../src/relay/cursor.ts'

const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

describe('hashOf', () => {
  it('is the CRC-32 as eight hex digits', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect(hashOf(data)).toBe(crc32(data).toString(16).padStart(8, '0'))
      }),
    )
  })
})

describe('parseCursor', () => {
  it('reads back what listCursor wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), fc.uint8Array(), (head, index, data) => {
        const epoch = hashOf(head)
        const expected = { form: 'list', epoch, index, hash: hashOf(data) }
        expect(parseCursor(listCursor(epoch, index, data))).toEqual(expected)
      }),
    )
  })

  it('reads back what streamCursor wrote, 64 bits wide', () => {
    fc.assert(
      fc.property(id, id, (ms, seq) => {
        const entryId = `${ms}-${seq}`
        expect(parseCursor(streamCursor(entryId))).toEqual({ form: 'stream', entryId })
      }),
    )
  })

  it.each([
    '',
    '17',
    'S-1',
    'S-01-0',
    'S-1-0 ',
    'S--1-0',
    'L-0-0-0',
    'L-00000000-01-00000000',
    'S-1-0\n',
    'S-18446744073709551616-0',
    'S-1-99999999999999999999',
  ])('gives null for %j', (text) => expect(parseCursor(text)).toBeNull())

  it('uses characters only that a cross-origin header may carry', () => {
    const cursors = [
      listCursor(hashOf(Buffer.from('x')), 1e14, Buffer.from('y')),
      streamCursor('1-2'),
    ]
    for (const cursor of cursors) expect(cursor).toMatch(/^[A-Za-z0-9._~-]{1,128}$/)
  })
})
