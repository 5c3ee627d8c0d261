// The bench of `observe()` in its short form, as counts: the watched page is told as much, sees its stream, and is left
// nothing behind. What the watching costs: `npm run bench:observe`.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { ObserveLine } from './observe-bench.ts'

const script = fileURLToPath(new URL('observe-bench.ts', import.meta.url))

it('watches each application, and leaves nothing behind', async () => {
  // Without the test run's own environment: the page is built as for production.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const run = promisify(execFile)(process.execPath, [script, '--short', '--json'], { env })
  const lines = JSON.parse((await run).stdout) as ObserveLine[]
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
