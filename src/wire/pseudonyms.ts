// Other ids in the place of ids: of the same shape, the same for the same id, different for different ones. The first id
// of a shape becomes the first string of that shape, the second the second, so nothing of the original is left.
import { shapeOf } from './shape.ts'

/** Gives ids their pseudonyms. */
export type Pseudonyms = (id: string) => string

// The first symbol that stands for one of this shape, and how many there are: beyond ASCII letters of as many bytes.
const SYMBOLS: Readonly<Record<string, readonly [first: number, size: number]>> = {
  x: [0x61, 26],
  X: [0x41, 26],
  1: [0x30, 10],
  é: [0xc0, 0x190],
  字: [0x4e00, 0x5200],
  '😀': [0x20000, 0xa000],
}

/** Starts with none. */
export function createPseudonyms(): Pseudonyms {
  const given = new Map<string, string>()
  const counts = new Map<string, number>()
  return (id) => {
    const known = given.get(id)
    if (known !== undefined) return known
    const shape = shapeOf(id)
    const count = counts.get(shape) ?? 0
    counts.set(shape, count + 1)
    const pseudonym = nth(shape, count)
    given.set(id, pseudonym)
    return pseudonym
  }
}

function nth(shape: string, count: number): string {
  let rest = count
  return shape.replace(/[xX1é字😀]/gu, (kind) => {
    const [first, size] = SYMBOLS[kind] ?? [0, 1]
    const symbol = String.fromCodePoint(first + (rest % size))
    rest = Math.floor(rest / size)
    return symbol
  })
}
