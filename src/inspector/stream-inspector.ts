'use client'
// The component: it renders nothing that changes. The panel is plain DOM in a shadow root of its own, so that not one of
// its looks is a render: neither the application's tree nor the stream's count of commits ever hears of it.
import { createElement, type ReactNode, useEffect, useRef } from 'react'
import { browserClock } from '../frame/browser-clock.ts'
import type { DiagnoseOptions } from '../metrics/index.ts'
import type { InspectorExport } from './export-menu.ts'
import type { InspectorPosition } from './host.ts'
import { createPanel, type InspectorTheme, type Panel } from './panel.ts'
import type { InspectedStream } from './report.ts'

/** What {@link StreamInspector} takes. */
export interface StreamInspectorProps {
  /** What is looked at. With `metrics: createMeter` it shows all; without, counts, and how to add one. */
  readonly stream: InspectedStream
  /** A corner of the window, which several share, or `inline`: where the component stands. @default 'bottom-right' */
  readonly position?: InspectorPosition | undefined
  /** Begins as a title alone, at rest. @default false */
  readonly collapsed?: boolean | undefined
  /** `auto` follows the system. @default 'auto' */
  readonly theme?: InspectorTheme | undefined
  /** More buttons beside *Copy JSON* and *Save JSON*. @default none */
  readonly exports?: readonly InspectorExport[] | undefined
  /** As of `diagnose`: thresholds, and what is known of the writer. @default none */
  readonly diagnosis?: DiagnoseOptions | undefined
}

const NO_EXPORTS: readonly InspectorExport[] = []

/**
 * A panel with a stream's stages, rates, delays, frames, and the verdict with its evidence. It looks at most four times
 * a second, rests while it cannot be seen, is collapsed, or nothing happens, and shows what it costs itself. On a server
 * it renders nothing (`inline`: an empty element).
 * @example <StreamInspector stream={stream} />
 */
export function StreamInspector(props: StreamInspectorProps): ReactNode {
  const { stream, position = 'bottom-right', theme = 'auto', exports = NO_EXPORTS } = props
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  // In no state: nothing may render once more, not even this, for the panel's sake.
  const panel = useRef<Panel | null>(null)
  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    const { collapsed = false } = latest.current
    const made = createPanel({
      stream,
      position,
      collapsed,
      clock: browserClock(),
      diagnosis: () => latest.current.diagnosis,
    })
    const parent = position === 'inline' ? place.current : document.body
    // To put it there once more would take the focus out of it.
    if (!made.element.isConnected) parent?.append(made.element)
    made.start()
    panel.current = made
    return () => made.close()
  }, [stream, position])
  // Whatever is new is told to whichever panel there is; what it knows already it ignores.
  useEffect(() => {
    panel.current?.paint(theme)
    panel.current?.offer(exports)
  })
  return position === 'inline' ? createElement('div', { ref: place }) : null
}
