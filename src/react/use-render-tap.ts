'use client'
// Tells the stream's meter that React committed something that shows it.
import { useLayoutEffect } from 'react'
import type { Tap } from '../index.ts'

// A layout effect warns on a server, and nothing is committed there.
const useCommitEffect = typeof document === 'undefined' ? () => {} : useLayoutEffect

/** Counts every commit of the component that calls it. */
export function useRenderTap({ metrics }: { readonly metrics: Tap }): void {
  useCommitEffect(() => metrics.rendered())
}
