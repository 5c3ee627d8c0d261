// A tap that heeds nothing: the ground for one that heeds a little.
import type { Tap } from '../../core/tap.ts'

/** Does nothing, whatever it is told. */
export const quietTap: Tap = Object.freeze({
  connection() {},
  read() {},
  rejected() {},
  flushed() {},
  painted() {},
  rendered() {},
})
