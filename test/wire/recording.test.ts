import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeRecording, encodeRecording, RecordingFormatError } from '../../src/wire/recording.ts'

it('gives back what it encoded', () => {
  const event = fc.record({
    t: fc.double({ min: 0, max: 1e9, noNaN: true }).map((t) => t + 0),
    id: fc.option(fc.string()),
    data: fc.string({ unit: 'binary' }),
  })
  const recording = fc.record({
    framewise: fc.constant(1 as const),
    layout: fc.string(),
    protocol: fc.string(),
    events: fc.array(event),
  })
  fc.assert(
    fc.property(recording, (one) => {
      expect(decodeRecording(encodeRecording(one))).toEqual(one)
    }),
  )
})

it.for([
  ['', 'line 1: expected a JSON object, got nothing'],
  ['{"framewise":2,"layout":"x","protocol":"y"}', 'line 1: expected {"framewise":1'],
  ['{"framewise":1,"layout":"x"}', 'line 1: expected {"framewise":1'],
  ['{"framewise":1,"layout":"x","protocol":"y"}\n{"t":-1,"data":"z"}', 'line 2: expected {"t":ms'],
  ['{"framewise":1,"layout":"x","protocol":"y"}\n\n{"t":1,"data":5}', 'line 3: expected {"t":ms'],
  [
    '{"framewise":1,"layout":"x","protocol":"y"}\n{"t":1e999,"data":"z"}',
    'line 2: expected {"t":ms',
  ],
  [
    '{"framewise":1,"layout":"x","protocol":"y"}\nnot json',
    'line 2: expected a JSON object, got not',
  ],
] as const)('says which line is wrong and what was expected: %j', ([text, message]) => {
  expect(() => decodeRecording(text)).toThrow(RecordingFormatError)
  expect(() => decodeRecording(text)).toThrow(message)
})

it('carries whether the recorder came to its limit', () => {
  const whole = { framewise: 1, layout: 'x', protocol: 'y', events: [] } as const
  expect(decodeRecording(encodeRecording({ ...whole, truncated: true }))).toEqual({
    ...whole,
    truncated: true,
  })
  expect(encodeRecording({ ...whole, truncated: false })).toBe(encodeRecording(whole))
})

it('carries where the times come from, and nothing else by that name', () => {
  const whole = { framewise: 1, layout: 'x', protocol: 'y', timing: 'log', events: [] } as const
  expect(decodeRecording(encodeRecording(whole))).toEqual(whole)
  const { timing } = decodeRecording('{"framewise":1,"layout":"x","protocol":"y","timing":"guess"}')
  expect(timing).toBeUndefined()
})
