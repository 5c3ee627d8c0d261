// What INFO says, by field. Managed servers leave sections out, so that every field may be missing.

/** Fields of INFO. */
export type Info = ReadonlyMap<string, string>

/** Reads an INFO reply. */
export function parseInfo(text: string): Info {
  const lines = text.split('\n').map((line) => line.trim())
  return new Map(
    lines
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
}

/** A number of INFO, or null where it is not given. */
export function numberIn(info: Info, field: string): number | null {
  const text = info.get(field)
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
