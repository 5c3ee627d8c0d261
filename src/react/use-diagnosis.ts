'use client'
// The verdict in a component of its own: reckoned when the numbers are brought up to date, four times a second at most.
import { useEffect, useMemo, useRef } from 'react'
import type { AgentStream } from '../index.ts'
import {
  diagnose,
  type DiagnoseOptions,
  type Diagnosis,
  type MeterSnapshot,
} from '../metrics/index.ts'
import { useStreamMetrics } from './use-stream-metrics.ts'

/**
 * What the stream is bound by, brought up to date at most four times a second. Nothing but the component that calls it is
 * rendered, and that is not counted as a render of the stream.
 * @param options as of `diagnose`; kept from render to render, or the verdict is reckoned at each
 * @example const { verdict } = useDiagnosis(stream)
 */
export function useDiagnosis<State, Input>(
  stream: AgentStream<State, MeterSnapshot, Input>,
  options?: DiagnoseOptions,
): Diagnosis {
  const snapshot = useStreamMetrics(stream)
  const last = useRef<{ readonly stream: typeof stream; readonly diagnosis: Diagnosis } | null>(
    null,
  )
  const diagnosis = useMemo(() => {
    const previous = last.current?.stream === stream ? last.current.diagnosis : undefined
    return diagnose(snapshot, previous, options)
  }, [last, stream, snapshot, options])
  // Only what was shown is held on to: a render that React throws away changes nothing.
  useEffect(() => {
    last.current = { stream, diagnosis }
  }, [last, stream, diagnosis])
  return diagnosis
}
