// What is left of a text when what it says is taken out: of how many letters it is, and of how many bytes.

const SAID = /[\p{L}\p{N}\p{M}\p{S}\p{Co}\p{Cn}]/gu

/** `x`, `X` and `1` for ASCII, `é`, `字` and `😀` for what takes two bytes, three and four; all else stays. */
export function shapeOf(text: string): string {
  return text.replace(SAID, (symbol) => {
    const code = symbol.codePointAt(0) ?? 0
    if (code > 0x7f) return code > 0xffff ? '😀' : code > 0x7ff ? '字' : 'é'
    if (/[0-9]/.test(symbol)) return '1'
    return /[A-Z]/.test(symbol) ? 'X' : /[a-z]/.test(symbol) ? 'x' : symbol
  })
}
