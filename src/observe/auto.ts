// `import 'framewise/observe/auto'`, the first import of an application: watches from then on.
import { observe } from './observe.ts'
import type { Watching } from './options.ts'

/** The watching of this page. */
export const watching: Watching = observe()
