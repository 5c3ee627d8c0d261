// The page that the benches drive. It only does what it is told; the time it takes is read from outside.
import { catchUp, prepareCatchUp } from './catch-up.ts'
import { diagnosed } from './diagnosed.tsx'
import { growing } from './growing.tsx'
import { metered } from './metered.tsx'
import { soak } from './soak.tsx'
import { watched } from './watched.tsx'

/** What the page can be told to do. */
export interface TextBench {
  readonly growing: typeof growing
  readonly catchUp: typeof catchUp
  readonly prepareCatchUp: typeof prepareCatchUp
  readonly soak: typeof soak
  readonly metered: typeof metered
  readonly diagnosed: typeof diagnosed
  readonly watched: typeof watched
}

Object.assign(globalThis, {
  bench: {
    growing,
    catchUp,
    prepareCatchUp,
    soak,
    metered,
    diagnosed,
    watched,
  } satisfies TextBench,
})
