import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fittingProtocol } from '../../src/protocols/fit.ts'
import { fixtureLines } from './streams.ts'

describe('fittingProtocol', () => {
  it.each([
    ['{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"a"}', 'agUi'],
    ['{"type":"RAW","event":{}}', 'agUi'],
    ['{"type":"status","status":"completed"}', 'suna()'],
    ['{"type": "ping"}', 'suna()'],
    ['{"type":"text-delta","id":"0","delta":"Hi"}', 'aiSdk()'],
    ['{"type":"start"}', 'aiSdk()'],
    ['{"type":"tool-input-start","toolCallId":"c"}', 'aiSdk()'],
    ['{"id":"x","object":"chat.completion.chunk","choices":[]}', 'openAi()'],
    ['{"type":"response.output_text.delta","delta":"a"}', 'openAi()'],
    ['[DONE]', 'openAi()'],
    ['Hello', 'text()'],
    ['42', 'text()'],
    ['{}', 'json()'],
    ['[1]', 'json()'],
    ['{"foo":1}', 'json()'],
  ])('takes %s for %s', (data, name) => {
    expect(fittingProtocol(data)).toBe(name)
  })

  it.each(['', ' ', '{"type":"TEXT'])('knows nothing that fits %j', (data) => {
    expect(fittingProtocol(data)).toBeNull()
  })

  it('knows every row and status of the fixtures', () => {
    const lines = ['suna-list-events.jsonl', 'suna-stream-events.jsonl'].flatMap(fixtureLines)
    const rows = lines.filter((line) => line.includes('"metadata"') || line.includes('"status"'))
    expect(rows.length).toBeGreaterThan(30)
    for (const line of rows) expect(fittingProtocol(line)).toBe('suna()')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
        expect(() => fittingProtocol(data)).not.toThrow()
      }),
    )
  })
})
