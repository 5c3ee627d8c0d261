// The bench of `observe()` in its short form, as counts: the watched page is told as much, sees its stream, and is left
// nothing behind. What the watching costs: `npm run bench:observe`.
import { expect, it } from 'vitest'
import type { ObserveLine } from './observe-bench.ts'
import { runBench } from './run-bench.ts'

it('watches each application, and leaves nothing behind', async () => {
  const lines = JSON.parse(await runBench('observe-bench', '--short', '--json')) as ObserveLine[]
  expect(lines.map(({ what }) => what)).toEqual(
    ['EventSource', 'fetch', 'WebSocket'].flatMap((kind) => [
      `${kind}, 60 events a second`,
      `${kind}, 500 events a second`,
    ]),
  )
  for (const { plain, watched } of lines) {
    expect(plain).toMatchObject({ seen: 0, entries: 0, chars: plain.events * 32 })
    expect(watched).toMatchObject({ seen: 1, entries: 0, chars: watched.events * 32 })
  }
})
