// Makes spans fit a track, as the trace event format demands: two of one track are apart, or one lies within the other.

/** Something that takes time on a track; times in whole µs. */
export interface Slice {
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * The same slices, earliest and longest first; one that outlasts the one it begins in ends with it. What it had to give
 * up stands in `args`.
 */
export function nested(slices: readonly Slice[]): readonly Slice[] {
  const open: number[] = []
  return slices
    .toSorted((one, other) => one.ts - other.ts || other.dur - one.dur)
    .map((slice) => {
      const { ts } = slice
      while (open.length > 0 && (open.at(-1) ?? 0) <= ts) open.pop()
      const end = Math.min(ts + slice.dur, open.at(-1) ?? Infinity)
      open.push(end)
      const cutUs = ts + slice.dur - end
      return cutUs === 0 ? slice : { ...slice, dur: end - ts, args: { ...slice.args, cutUs } }
    })
}

/**
 * Spreads slices that overlap over lanes, the first that is free for each; with `most` lanes in use the last takes the
 * rest.
 */
export function inLanes(slices: readonly Slice[], most: number): readonly (readonly Slice[])[] {
  const lanes: { end: number; readonly slices: Slice[] }[] = []
  for (const slice of slices.toSorted((one, other) => one.ts - other.ts)) {
    let lane = lanes.find(({ end }) => end <= slice.ts)
    if (lane === undefined && lanes.length < most) {
      lane = { end: 0, slices: [] }
      lanes.push(lane)
    }
    lane ??= lanes.at(-1)
    lane?.slices.push(slice)
    if (lane) lane.end = Math.max(lane.end, slice.ts + slice.dur)
  }
  return lanes.map((lane) => nested(lane.slices))
}
