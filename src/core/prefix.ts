// What an endpoint without ids sends once more: it replays all of its log on every connection. What was seen is known
// by its count and a rolling hash, with hashes on the way, so that another log is noticed long before its end.

/** So many hashes on the way are kept at most. */
const MARKS = 64

/** What a payload is to those that were seen. */
export type Sight = 'new' | 'again' | 'differs'

/** What has been seen of one log. */
export interface Prefix {
  /** A connection begins: all that was seen comes again. */
  opened(): void
  /** True while a replay has not come to what is new. */
  readonly replaying: boolean
  /** Takes the next payload of this connection. `differs`: this is another log, of which this prefix knows nothing. */
  see(data: string): Sight
  clear(): void
}

/** Has seen nothing yet. */
export function createPrefix(): Prefix {
  let seen = NONE
  let marks: number[] = []
  let step = 1
  let first = 0
  let replay: Seen | null = null

  const note = (): void => {
    if (seen.count === 1) first = seen.hash
    if (seen.count % step !== 0) return
    marks.push(seen.hash)
    if (marks.length < MARKS) return
    marks = marks.filter((_, index) => index % 2 === 1)
    step *= 2
  }
  const clear = (): void => {
    seen = NONE
    marks = []
    step = 1
    replay = null
  }
  // The hash that must have been reached here, or undefined between two marks.
  const expected = (count: number): number | undefined => {
    if (count === seen.count) return seen.hash
    if (count === 1) return first
    return count % step === 0 ? marks[count / step - 1] : undefined
  }

  return {
    opened() {
      replay = seen.count === 0 ? null : NONE
    },
    get replaying() {
      return replay !== null
    },
    see(data) {
      if (replay === null) {
        seen = follow(seen, data)
        note()
        return 'new'
      }
      replay = follow(replay, data)
      const hash = expected(replay.count)
      if (hash !== undefined && hash !== replay.hash) {
        clear()
        return 'differs'
      }
      if (replay.count === seen.count) replay = null
      return 'again'
    },
    clear,
  }
}

interface Seen {
  readonly count: number
  readonly hash: number
}

const NONE: Seen = { count: 0, hash: 0x811c9dc5 }

// FNV-1a over the UTF-16 units, with one more step between payloads: "ab" and "a", "b" are not the same.
// @see http://www.isthe.com/chongo/tech/comp/fnv/
function follow({ count, hash }: Seen, data: string): Seen {
  let next = hash
  for (let index = 0; index < data.length; index++) {
    next = Math.imul(next ^ data.charCodeAt(index), 0x01000193)
  }
  return { count: count + 1, hash: Math.imul(next ^ 0xffff, 0x01000193) }
}
