import { expect, it } from 'vitest'
import { createFrameParser } from '../../src/transport/frame-parser.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

it('gives up an event that has no end, after what was complete before it', () => {
  const parser = createFrameParser(100)
  expect(parser.parse(bytes(`data: whole\n\ndata: ${'x'.repeat(200)}`))).toEqual([
    { event: 'message', id: undefined, data: 'whole' },
  ])
  expect(() => parser.parse(bytes('x'))).toThrow(expect.objectContaining({ code: 'oversize' }))
})

it('takes a long event that comes with its end', () => {
  const parser = createFrameParser(100)
  expect(parser.parse(bytes(`data: ${'x'.repeat(90)}`))).toEqual([])
  expect(parser.parse(bytes(`${'x'.repeat(5)}\n\n`))[0]?.data).toHaveLength(95)
})
