import { describe, expect, it } from 'vitest'
import { suna } from '../../src/protocols/suna.ts'
import { agUi } from '../../src/protocols/ag-ui.ts'
import { repeated } from '../../src/lab/repeat.ts'
import { charsIn, eventsOf, inVocabulary } from '../../src/lab/track.ts'
import { scenario } from '../../src/testing/scenario.ts'
import { delta, recordingOf, trackOf } from './a-track.ts'

describe('the vocabulary', () => {
  it('has the same characters as the protocol that the recording is in', () => {
    const events = scenario({ events: 90 }).map((event, t) => ({ t, event, id: `c-${t}` }))
    const track = { recording: recordingOf(events), protocol: agUi }
    const spelled = inVocabulary(track)
    expect(charsIn(spelled)).toBe(charsIn(track))
    expect(eventsOf(spelled)).toHaveLength(90)
    expect(new Set(spelled.recording.events.map(({ id }) => id)).size).toBe(90)
  })

  it('leaves out what cannot be decoded', () => {
    const recording = recordingOf([{ t: 0, event: { type: 'WHAT' } }])
    const broken = { ...recording, events: [...recording.events, { t: 1, id: null, data: '{' }] }
    expect(inVocabulary({ recording: broken, protocol: suna() }).recording.events).toEqual([])
  })
})

describe('a repeated track', () => {
  const track = trackOf([
    { t: 0, event: { type: 'RUN_STARTED', runId: 'r' } },
    { t: 10, event: delta('a', 'one') },
    { t: 20, event: delta('a', 'two') },
    { t: 40, event: { type: 'RUN_FINISHED', runId: 'r' } },
  ])

  it('is as often as asked for, as long as before, in parts of their own, with one beginning and one end', () => {
    const events = eventsOf(repeated(track, 2.5, 2.5))
    expect(events.map(({ event }) => event.type)).toEqual([
      'RUN_STARTED',
      ...Array.from({ length: 6 }, () => 'TEXT_MESSAGE_CONTENT'),
      'RUN_FINISHED',
    ])
    expect(events.map(({ t }) => t)).toEqual([0, 4, 8, 20, 24, 36, 40, 40])
    const ids = events.flatMap(({ event }) => ('messageId' in event ? [event.messageId] : []))
    expect(ids).toEqual(['a', 'a', 'a~1', 'a~1', 'a~2', 'a~2'])
  })

  it('may be slower and shorter than the track', () => {
    const events = eventsOf(repeated(track, 0.5, 0.5))
    expect(events.map(({ t }) => t)).toEqual([0, 20, 40, 40])
  })
})
