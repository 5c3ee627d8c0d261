// The field to type into while it streams: jank is felt first where one types.
import { afterPaint } from './after-paint.ts'
import { find } from './find.ts'

/** Shows, beside the field, how long a key took from the keyboard's event to the screen. */
export function watchTyping(): void {
  const field = find<HTMLInputElement>('#typing')
  const readout = find('#typing-latency')
  let worst = 0
  field.addEventListener('input', ({ timeStamp }) => {
    afterPaint(() => {
      const ms = performance.now() - timeStamp
      worst = Math.max(worst, ms)
      readout.textContent = `${ms.toFixed(0)} ms to the screen, worst ${worst.toFixed(0)}`
    })
  })
}
