import { expect, it } from 'vitest'
import { bodyFrames } from '../../src/observe/body-frames.ts'

it.each([
  ['text/event-stream; charset=utf-8', 'id: 1\ndata: a\n\ndata: b\n\ndata: c', ['a', 'b']],
  ['Application/x-ndjson', '{"a":1}\n\n{"b":2}\n{"c"', ['{"a":1}', '{"b":2}']],
  ['application/jsonl', 'x\n', ['x']],
])('takes %s apart, split anywhere', (type, text, expected) => {
  for (let at = 0; at <= text.length; at++) {
    const framesOf = bodyFrames(type)
    const frames = [text.slice(0, at), text.slice(at)].flatMap((one) => framesOf?.(one) ?? [])
    expect(frames.map(({ data }) => data)).toEqual(expected)
  }
})

it('takes each chunk of a plain text for an event, and leaves what is no stream', () => {
  const framesOf = bodyFrames('text/plain;charset=UTF-8')
  expect(framesOf?.('some')).toEqual([{ event: 'message', id: undefined, data: 'some' }])
  expect(framesOf?.('')).toEqual([])
  for (const type of ['application/json', 'text/html', 'image/png', '', 'text/plainer']) {
    expect(bodyFrames(type)).toBeNull()
  }
})

it.each([
  ['an event in one piece', ['data: ' + 'x'.repeat(2 ** 20)]],
  ['an event in pieces', ['data: ', ...Array.from({ length: 80 }, () => 'x'.repeat(2 ** 14))]],
  ['an event of many lines', Array.from({ length: 80 }, () => `data: ${'x'.repeat(2 ** 14)}\n`)],
])('leaves out %s that is longer than a megabyte, and goes on', (_, pieces) => {
  const framesOf = bodyFrames('text/event-stream')
  const data = [...pieces, '\n\ndata: a\n\n', 'data: b\n\n']
    .flatMap((piece) => framesOf?.(piece) ?? [])
    .map(({ data }) => data)
  expect(data.slice(-2)).toEqual(['a', 'b'])
  expect(data.every(({ length }) => length <= 2 ** 20)).toBe(true)
})
