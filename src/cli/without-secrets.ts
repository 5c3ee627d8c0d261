// What may stand in a log: never what opens a door. Lines come from many places, errors of others among them, so each is
// looked through as text: addresses with a password, queries, headers and fields that carry credentials, tokens by form.

const HIDDEN = '***'

const RULES: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s"']*@/gi, `$1${HIDDEN}@`],
  [/\?[^\s"'?]*=[^\s"']*/g, `?${HIDDEN}`],
  [
    /\b(authorization|proxy-authorization|cookie|set-cookie)("?\s*[:=]\s*"?)[^"\r\n]+/gi,
    `$1$2${HIDDEN}`,
  ],
  [/\b(\w*(?:token|ticket|secret|password))("?\s*[:=]\s*"?)[^\s",;&]+/gi, `$1$2${HIDDEN}`],
  [/\b(bearer)\s+[^\s",;]+/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, HIDDEN],
]

/** A line without credentials. */
export function withoutSecrets(line: string): string {
  return RULES.reduce((text, [pattern, shown]) => text.replace(pattern, shown), line)
}
