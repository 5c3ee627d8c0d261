// What is done to a world while streams run. Each resolves once everything works again, so that from then on it is
// known by when every viewer must have come to its end.
import type { Layout } from './history.ts'
import type { Random } from './random.ts'
import type { StreamRun } from './stream-run.ts'
import type { World, WorldKind } from './world.ts'

/** Where a nemesis is let loose. */
export interface Scene {
  readonly world: World
  readonly streams: readonly StreamRun[]
  readonly random: Random
  /** Shorter faults, for the form that runs with the tests. */
  readonly short: boolean
}

/** A kind of fault. */
export interface Nemesis {
  readonly name: string
  readonly kind: WorldKind
  readonly layouts: readonly Layout[]
  /** Nothing that Redis has acknowledged is lost: no viewer may be told of a gap. */
  readonly lossless: boolean
  /** Takes longer than the form that runs with the tests has time for. */
  readonly long?: boolean | undefined
  act(scene: Scene): Promise<void>
}
