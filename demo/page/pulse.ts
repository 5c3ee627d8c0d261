// Something that moves on the main thread: where it stutters, the page stutters.
import { find } from './find.ts'

const PERIOD_MS = 1600

/** Makes the mover; to be called in every frame. Still where the reader asked for less motion. */
export function createPulse(): (now: number) => void {
  const dot = find('#pulse-dot')
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  return (now) => {
    if (calm.matches) return
    const place = 0.5 - 0.5 * Math.cos((2 * Math.PI * now) / PERIOD_MS)
    // The style sheet makes a transform of it; to read the track's width here would force layout.
    dot.style.setProperty('--place', place.toFixed(4))
  }
}
