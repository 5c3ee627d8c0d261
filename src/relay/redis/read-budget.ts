// Redis also sends notices that are none of ours: of the same key in another database, and of keys that it no longer
// keeps in mind. Where that table (tracking-table-max-keys) is smaller than what is watched, each read pushes another
// key out, whose notice is the next read: a storm that nobody wrote. So a stream has some reads for nothing in hand,
// and more with time.

/** The reads for nothing that one stream may still cost. */
export interface ReadBudget {
  /** How long a notice must wait before it is read after, in ms; 0 while there are reads in hand. */
  waitMs(): number
  /** A read that a notice had asked for came back: with news, which fills the budget, or for nothing. */
  spend(news: boolean): void
}

const FULL = 20
const REFILL_MS = 500

/** Creates a full one. */
export function createReadBudget(now: () => number = () => performance.now()): ReadBudget {
  let inHand = FULL
  let atMs = now()

  function refill(): number {
    inHand = Math.min(FULL, inHand + (now() - atMs) / REFILL_MS)
    atMs = now()
    return inHand
  }

  return {
    waitMs: () => Math.ceil(Math.max(0, 1 - refill()) * REFILL_MS),
    spend: (news) => void (inHand = news ? FULL : Math.max(0, refill() - 1)),
  }
}
