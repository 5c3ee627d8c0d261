// What of an entry nobody has described: its name, a member, or a value of a union that describes the others.
// A type's own docstring may speak for a member by its name: "between `from` and `to`".
import type { Entry } from './entry.ts'

/** One line for each, beginning with its place. */
export function undocumentedIn({ place, line, doc, members, values }: Entry): string[] {
  const missing = [...members, ...values].filter(
    ({ name, doc: own, needsDoc }) =>
      needsDoc &&
      own.text === '' &&
      own.fallback === null &&
      !doc.text.includes(`\`${name.replace(/\W+$/, '')}\``),
  )
  return [
    ...(doc.text === '' ? [`${place.file}:${line} ${place.name}`] : []),
    ...missing.map((one) => {
      const shown = one.type.map((part) => (typeof part === 'string' ? part : part.text)).join('')
      return `${place.file}:${one.line} ${place.name}: ${one.name === '' ? shown : one.name}`
    }),
  ]
}
