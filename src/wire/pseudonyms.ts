// Other ids in the place of ids: of the same shape, the same for the same id, different for different ones. The first id
// of a shape becomes the first string of that shape, the second the second, so nothing of the original is left.

/** Gives ids their pseudonyms. */
export type Pseudonyms = (id: string) => string

const SYMBOLS: Readonly<Record<string, string>> = {
  a: 'abcdefghijklmnopqrstuvwxyz',
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  0: '0123456789',
}

/** Starts with none. */
export function createPseudonyms(): Pseudonyms {
  const given = new Map<string, string>()
  const counts = new Map<string, number>()
  return (id) => {
    const known = given.get(id)
    if (known !== undefined) return known
    const shape = id.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/[0-9]/g, '0')
    const count = counts.get(shape) ?? 0
    counts.set(shape, count + 1)
    const pseudonym = nth(shape, count)
    given.set(id, pseudonym)
    return pseudonym
  }
}

function nth(shape: string, count: number): string {
  let rest = count
  return shape.replace(/[aA0]/g, (kind) => {
    const symbols = SYMBOLS[kind] ?? kind
    const symbol = symbols[rest % symbols.length] ?? kind
    rest = Math.floor(rest / symbols.length)
    return symbol
  })
}
