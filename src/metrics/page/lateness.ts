// How late is late for this page, and too late to be called so.

/** A timer of an idle page is up to this late by itself. */
export const IDLE_LATE_MS = 2
/** No page's thread is busy for so long: it slept, was frozen or stood in a debugger. */
export const LOST_MS = 5000
