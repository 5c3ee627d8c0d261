// What may stand in a log: never what opens a door. Lines come from many places, errors of others among them, so each is
// looked through as text: addresses with a password, queries, headers and fields that carry credentials, tokens by form.

const HIDDEN = '***'

// A line may be long and made up by anybody: each rule goes over it once. Where a pattern could begin again and again and
// come to nothing at the end of a word, it takes the whole word, and what it does is decided by looking at that.
const RULES: readonly ((line: string) => string)[] = [
  (line) => line.replace(/([a-z\d+.-]:\/\/)([^\s"']*)/gi, withoutUser),
  (line) => line.replace(/\?[^\s"'?]*=[^\s"']*/g, `?${HIDDEN}`),
  (line) =>
    line.replace(
      /\b(authorization|proxy-authorization|cookie|set-cookie)("?\s*[:=]\s*"?)[^"\r\n]+/gi,
      `$1$2${HIDDEN}`,
    ),
  (line) =>
    line.replace(
      /\b(\w*(?:token|ticket|secret|password))("?\s*[:=]\s*"?)[^\s",;&]+/gi,
      `$1$2${HIDDEN}`,
    ),
  (line) => line.replace(/\b(bearer)\s+[^\s",;]+/gi, `$1 ${HIDDEN}`),
  (line) => line.replace(/\beyJ[\w.-]+/g, (word) => (word.split('.').length > 2 ? HIDDEN : word)),
]

/** A line without credentials. */
export function withoutSecrets(line: string): string {
  return RULES.reduce((text, rule) => rule(text), line)
}

function withoutUser(address: string, scheme: string, rest: string): string {
  const end = rest.lastIndexOf('@')
  return end === -1 ? address : `${scheme}${HIDDEN}${rest.slice(end)}`
}
