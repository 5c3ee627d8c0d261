// When what is in the DOM now is on the screen.

// A page that is hidden or covered makes no frames.
const LOST_FRAME_MS = 250

/** Calls back right after the next frame was rendered, or soon where there are no frames. */
export function afterPaint(callback: () => void): void {
  const once = (): void => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
    callback()
  }
  const timer = setTimeout(once, LOST_FRAME_MS)
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      callback()
    })
    port1.start()
    port2.postMessage(null)
  })
}

/** Resolves after the next paint. */
export function nextPaint(): Promise<void> {
  return new Promise(afterPaint)
}
