// How late is late for this page, and too late to be called so.

/** A timer of an idle page is up to this late by itself. */
export const IDLE_LATE_MS = 2
/** A thread that stood still for so long was hardly at work: it slept, or stood in a debugger, if no script tells. */
export const LOST_MS = 5000
