// When an event was written, by the id that Redis gave it: `S-<ms>-<seq>`. Read digit by digit: it runs for every
// event, and makes nothing.

/** A place in a Redis stream; `ms` is NaN for an id that is none. */
export interface EntryTime {
  ms: number
  seq: number
}

const ZERO = 48
const S = 83
const DASH = 45

/** Reads an id into `entry`. */
export function readEntryTime(id: string | undefined, entry: EntryTime): void {
  entry.ms = NaN
  if (id === undefined || id.charCodeAt(1) !== DASH || id.charCodeAt(0) !== S) return
  let ms = 0
  let value = 0
  let dashes = 0
  for (let index = 2; index < id.length; index++) {
    const code = id.charCodeAt(index)
    const digit = code - ZERO
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (code === DASH && dashes++ === 0) {
      ms = value
      value = 0
    } else return
  }
  if (dashes !== 1) return
  entry.ms = ms
  entry.seq = value
}
