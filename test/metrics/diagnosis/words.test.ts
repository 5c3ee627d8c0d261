// What a diagnosis says is read in a panel, aloud, in a terminal and in JSON: plain words, no markup.
import { expect, it } from 'vitest'
import { diagnose } from '../../../src/metrics/diagnosis/diagnose.ts'
import { aSnapshot, type Place, spread, stage } from '../a-snapshot.ts'
import { seenFromOutside } from '../../../src/observe/observed-snapshot.ts'

it('says names as they are, without marks around them', () => {
  const slow = spread(400, { p95: 600, count: 40 })
  const places: readonly Place[] = ['suna-stream', 'suna-list', 'foreign']
  const changes = [
    {},
    ...(['parse', 'react', 'paint', 'other', 'redis', 'relay', 'network'] as const).map((name) => ({
      stages: { [name]: stage(200, 0.9, { p95: 600 }) },
    })),
    { gaps: { produced: slow, arrived: slow }, eventsPerSecond: 2 },
    { gaps: { produced: null, arrived: slow }, eventsPerSecond: 2 },
  ]
  const said = places.flatMap((place) =>
    [true, false].flatMap((payload) =>
      changes.flatMap((change) => {
        const snapshot = seenFromOutside(aSnapshot(change, { place, payload }), true)
        const { verdict, verdicts } = diagnose(snapshot)
        return [verdict, ...verdicts].flatMap(({ advice, note, gain, missing }) => [
          advice,
          note ?? '',
          gain?.text ?? '',
          ...(missing ?? []),
        ])
      }),
    ),
  )
  for (const name of ['content-visibility', 'stampedAt', 'payloadTime', 'part of']) {
    expect(said.join('\n')).toContain(name)
  }
  expect(said.filter((words) => words.includes('`'))).toEqual([])
})
