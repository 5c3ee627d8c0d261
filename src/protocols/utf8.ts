// The streaming decoder that every host has, described here in so far as it is used: the protocols are written
// against no host's library.
declare const TextDecoder: new () => Utf8Decoder

/** Bytes to text; a character may be split between two calls, and a byte order mark is left out. */
export interface Utf8Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string
}

/** Makes a decoder for one body. Bytes that are no UTF-8 become U+FFFD. */
export const utf8Decoder = (): Utf8Decoder => new TextDecoder()

/** A media type without its parameters; null when it names a charset other than UTF-8. */
export function utf8MediaType(contentType: string): string | null {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charset = /^\s*charset\s*=\s*"?([^"\s]*)/
  const isForeign = parameters.some(
    (parameter) => !/^(utf-?8|us-ascii)$/.test(charset.exec(parameter)?.[1] ?? 'utf-8'),
  )
  return isForeign ? null : type.trim()
}
