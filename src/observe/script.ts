// The classic script: `<script src="observe.js"></script>` before the application's own. `data-batch` on the tag holds
// events back until the next frame.
import { diagnose } from '../metrics/index.ts'
import { batchEventSource } from './batch-event-source.ts'
import { observe } from './observe.ts'

const { batch } = document.currentScript?.dataset ?? {}
const watching = observe({ batch: batch !== undefined })

Object.assign(globalThis, { framewiseObserve: { observe, batchEventSource, diagnose, watching } })
