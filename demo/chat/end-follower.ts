// Keeps a scroller at its end while the reader is there, and leaves it alone once they scrolled away.

/** Follows the end of one scroller. */
export interface EndFollower {
  /** To be called once after every change of the content. */
  follow(): void
  /** Follows again, wherever the reader is. */
  reset(): void
}

// A reader this close to the end wants to be there: half a line of rounding and zoom.
const NEAR_PX = 24

/** Makes a follower of `scroller`. */
export function createEndFollower(scroller: HTMLElement): EndFollower {
  let following = true
  let ownTop = 0
  const isNearEnd = (): boolean =>
    scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= NEAR_PX
  // Above where we last put it, and not because the content became shorter: the reader's own doing.
  const wentUp = (): boolean => scroller.scrollTop < ownTop - NEAR_PX && !isNearEnd()
  scroller.addEventListener(
    'scroll',
    () => {
      if (isNearEnd()) following = true
      else if (wentUp()) following = false
    },
    { passive: true },
  )
  return {
    follow() {
      // Asked before every move: more than one commit may fall between a gesture and its scroll event.
      if (following && wentUp()) following = false
      if (!following) return
      scroller.scrollTop = scroller.scrollHeight
      ownTop = scroller.scrollTop
    },
    reset() {
      following = true
      ownTop = 0
    },
  }
}
