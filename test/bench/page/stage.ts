// The scroller that all arms show their text in, and its frames. The end is followed once a frame, as a chat does.

/** The element to show text in, emptied. */
export function emptyStage(): HTMLElement {
  const stage = document.querySelector<HTMLElement>('#stage')
  if (stage === null) throw new Error('expected #stage in the page')
  stage.replaceChildren()
  return stage
}

/** Resolves in the next frame, before it is painted. */
export const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame)

/** Keeps the end in view, and knows the longest frame; stops when it is told to. */
export function followEnd(stage: HTMLElement): { longestMs(): number; stop(): void } {
  let longest = 0
  let last = performance.now()
  const follow = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    stage.scrollTop = stage.scrollHeight
    frame = requestAnimationFrame(follow)
  }
  let frame = requestAnimationFrame(follow)
  return { longestMs: () => longest, stop: () => cancelAnimationFrame(frame) }
}
