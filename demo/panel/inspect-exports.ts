// What the inspector offers beside its own numbers: a trace for DevTools and Perfetto, and the run itself. Both begin when
// it is opened, so that a demo nobody inspects is measured as it is.
import type { InspectorExport } from 'framewise/inspector'
import { recordStream, toChromeTrace, traceStream } from 'framewise/metrics'
import type { MeteredStream } from '../chat/chat-view.tsx'

/** Exports that are gathered until they are stopped. */
export interface InspectExports {
  readonly exports: readonly InspectorExport[]
  stop(): void
}

/** Begins to gather. */
export function gatherExports(stream: MeteredStream): InspectExports {
  const trace = traceStream(stream)
  const recorder = recordStream(stream)
  return {
    exports: [
      {
        label: 'Save trace',
        fileName: 'framewise-trace.json',
        make: () => JSON.stringify(toChromeTrace(trace)),
      },
      {
        label: 'Save recording',
        fileName: 'framewise-recording.ndjson',
        make: () => recorder.toBlob(),
      },
    ],
    stop() {
      trace.stop()
      recorder.stop()
    },
  }
}
