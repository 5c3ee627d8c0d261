import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fittingProtocol } from '../../src/protocols/fit.ts'
import { fixtureLines } from './streams.ts'

describe('fittingProtocol', () => {
  it.each([
    ['{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a"}', 'ag-ui'],
    ['{"type":"RAW","event":{}}', 'ag-ui'],
    ['{"type":"status","status":"completed"}', 'suna'],
    ['{"type": "ping"}', 'suna'],
    ['{"type":"text-delta","id":"0","delta":"Hi"}', 'ai-sdk'],
    ['{"type":"start"}', 'ai-sdk'],
    ['{"type":"tool-input-start","toolCallId":"c"}', 'ai-sdk'],
    ['0:"Hello"', 'ai-sdk'],
    ['{"id":"x","object":"chat.completion.chunk","choices":[]}', 'open-ai'],
    ['{"type":"response.output_text.delta","delta":"a"}', 'open-ai'],
    ['[DONE]', 'open-ai'],
    ['Hello', 'text'],
    ['42', 'text'],
  ])('takes %s for %s', (data, name) => {
    expect(fittingProtocol(data)).toBe(name)
  })

  it.each(['', ' ', '{"type":"TEXT', '{}', '[1]', '{"foo":1}'])(
    'knows nothing that fits %j',
    (data) => {
      expect(fittingProtocol(data)).toBeNull()
    },
  )

  it('knows every row and status of the fixtures', () => {
    const lines = ['suna-list-events.jsonl', 'suna-stream-events.jsonl'].flatMap(fixtureLines)
    const rows = lines.filter((line) => line.includes('"metadata"') || line.includes('"status"'))
    expect(rows.length).toBeGreaterThan(30)
    for (const line of rows) expect(fittingProtocol(line)).toBe('suna')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
        expect(() => fittingProtocol(data)).not.toThrow()
      }),
    )
  })
})
