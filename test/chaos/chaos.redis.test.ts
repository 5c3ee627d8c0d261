// Every fault once, on real servers: the short form of `npm run chaos`. Faults of one kind of world share one, one after
// the other, as in a relay that has been up for long; the worlds run side by side.
import { expect, it } from 'vitest'
import { NEMESES } from './nemeses.ts'
import type { Nemesis } from './nemesis.ts'
import { createRandom } from './random.ts'
import { runRound } from './round.ts'
import { startWorld } from './world.ts'

const SEED = 1
const IN_ONE_WORLD = 9
const TIMEOUT = { timeout: 120_000 }

const brief = NEMESES.filter(({ long = false }) => !long)
const groups = Object.values(Object.groupBy(brief, ({ kind }) => JSON.stringify(kind)))
  .flatMap((alike = []) => chunksOf(alike))
  .map((nemeses) => ({ names: nemeses.map(({ name }) => name).join(', '), nemeses }))

function chunksOf(all: readonly Nemesis[]): Nemesis[][] {
  const worlds = Math.ceil(all.length / IN_ONE_WORLD)
  return Array.from({ length: worlds }, (_, world) => all.filter((_, at) => at % worlds === world))
}

it.concurrent.for(groups)(
  'loses nothing unannounced to $names',
  TIMEOUT,
  async ({ names, nemeses }) => {
    const world = await startWorld(nemeses[0]?.kind ?? { store: 'durable' }, createRandom(names))
    try {
      for (const nemesis of nemeses) {
        const options = { world, nemesis, seed: SEED, streams: 2, short: true }
        const { failures, deliveries } = await runRound(options)
        const found = failures.flatMap(({ log, violations }) =>
          violations.map((one) => ({ log: log.id, layout: log.layout, ...one })),
        )
        expect(found, `npm run chaos -- --only ${nemesis.name} tells more`).toEqual([])
        expect(deliveries).toBeGreaterThan(0)
      }
    } finally {
      await world.stop()
    }
  },
)
