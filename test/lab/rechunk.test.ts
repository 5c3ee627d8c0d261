import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { rechunk } from '../../src/lab/rechunk.ts'
import { eventsOf, isChunk, type Track } from '../../src/lab/track.ts'
import { delta, trackOf } from './a-track.ts'

// What a screen would show, and where: neighbouring chunks of one part as one.
function joined(track: Track): readonly string[] {
  const parts: string[] = []
  let open = ''
  for (const { event } of eventsOf(track)) {
    if (!isChunk(event)) {
      parts.push(JSON.stringify(event))
      open = ''
      continue
    }
    const { delta: text, ...part } = event
    const key = JSON.stringify(part)
    if (key === open) parts.push((parts.pop() ?? '') + text)
    else parts.push(`${key} ${text}`)
    open = key
  }
  return parts
}

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 })
const anyEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'b'), anyText, fc.boolean())
      .map((args) => delta(...args)),
  },
  fc.record({
    type: fc.constant('TOOL_CALL_ARGS' as const),
    toolCallId: fc.constant('c'),
    delta: anyText,
  }),
  fc.constantFrom<AgentEvent>(
    { type: 'TEXT_MESSAGE_END', messageId: 'a' },
    { type: 'RUN_STARTED' },
    { type: 'STATE_DELTA', delta: 'no text' },
  ),
)
const anyTrack = fc.array(fc.tuple(fc.nat(50), anyEvent), { maxLength: 30 }).map((steps) => {
  let t = 0
  return trackOf(steps.map(([wait, event]) => ({ t: (t += wait), event })))
})

describe('rechunk', () => {
  it('keeps all text in its place, in chunks of the size asked for, at times that never fall, with ids of their own', () => {
    fc.assert(
      fc.property(anyTrack, fc.integer({ min: 1, max: 70 }), (track, size) => {
        const cut = rechunk(track, size)
        expect(joined(cut)).toEqual(joined(track))
        const events = eventsOf(cut)
        let last = 0
        events.forEach(({ t, event }, index) => {
          expect(t).toBeGreaterThanOrEqual(last)
          last = t
          if (!isChunk(event)) return
          const chars = Array.from(event.delta).length
          const next = events[index + 1]?.event
          const goesOn =
            next !== undefined &&
            isChunk(next) &&
            joined({
              ...cut,
              recording: { ...cut.recording, events: cut.recording.events.slice(index, index + 2) },
            }).length === 1
          if (goesOn) expect(chars).toBe(size)
          else expect(chars).toBeLessThanOrEqual(size)
        })
        expect(last).toBeLessThanOrEqual(eventsOf(track).at(-1)?.t ?? 0)
        const ids = cut.recording.events.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids).not.toContain(null)
      }),
    )
  })

  it('brings a character when it came before, spread over the time since the event before it', () => {
    const track = trackOf([
      { t: 100, event: { type: 'RUN_STARTED' } },
      { t: 140, event: delta('a', 'abcd') },
      { t: 148, event: delta('a', 'ef') },
    ])
    const cut = eventsOf(rechunk(track, 1))
    expect(cut.map(({ t }) => t)).toEqual([100, 110, 120, 130, 140, 144, 148])
  })

  it('joins what was cut apart, a surrogate pair included', () => {
    const track = trackOf([
      { t: 1, event: delta('a', 'x\ud83d') },
      { t: 2, event: delta('a', '\ude80y') },
    ])
    const texts = eventsOf(rechunk(track, 2)).map(({ event }) => isChunk(event) && event.delta)
    expect(texts).toEqual(['x🚀', 'y'])
  })

  it('gives no ids where there were none', () => {
    const cut = rechunk(trackOf([{ t: 0, event: delta('a', 'abc') }], false), 1)
    expect(cut.recording.events.map(({ id }) => id)).toEqual([null, null, null])
  })

  it('refuses chunks of nothing', () => {
    expect(() => rechunk(trackOf([]), 0)).toThrow('1 character or more')
  })
})
