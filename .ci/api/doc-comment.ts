// A docstring taken apart. Tags may stand within a line, as in `When to publish. @default 'adaptive'`;
// a `@default` that follows a `@param` is that parameter's.

/** What one docstring says; texts are Markdown. */
export interface DocComment {
  readonly text: string
  readonly params: ReadonlyMap<string, string>
  readonly returns: string | null
  readonly throws: readonly string[]
  readonly examples: readonly string[]
  /** Addresses, and pages as `docs/errors.md`. */
  readonly see: readonly string[]
  /** What `@default` says, or null. */
  readonly fallback: string | null
}

/** No docstring at all. */
export const NO_DOC: DocComment = Object.freeze({
  text: '',
  params: new Map(),
  returns: null,
  throws: [],
  examples: [],
  see: [],
  fallback: null,
})

const TAG = /(?:^|(?<=\s))@(param|returns|throws|example|default|see)(?=\s)/

/** Reads the inside of a block comment, from its second star to before its end. */
export function readDoc(comment: string): DocComment {
  const [text = '', ...tags] = bareLines(comment).split(TAG)
  const params = new Map<string, string>()
  const texts: Record<string, string[]> = {
    default: [],
    example: [],
    returns: [],
    see: [],
    throws: [],
  }
  let lastParam: string | null = null
  for (let index = 0; index < tags.length; index += 2) {
    const [tag = '', said = ''] = tags.slice(index)
    if (tag === 'param') {
      const [, name = '', what = ''] = /^\s*(\S+)\s*(?:-\s)?([^]*)$/.exec(said) ?? []
      params.set(name, flat(what))
      lastParam = name
    } else if (tag === 'default' && lastParam !== null) {
      const before = params.get(lastParam) ?? ''
      params.set(lastParam, `${sentence(before)} Default: ${sentence(code(flat(said)))}`.trim())
    } else {
      texts[tag]?.push(tag === 'example' ? said : flat(said))
    }
  }
  const { default: fallbacks = [], example = [], returns = [], see = [], throws = [] } = texts
  return {
    text: text.trim(),
    params,
    returns: returns[0] ?? null,
    throws,
    examples: example.map(dedent),
    see,
    fallback: fallbacks[0] ?? null,
  }
}

/** Text in code style when it looks like a value, else as it is. */
export function code(text: string): string {
  return /^('[^']*'( \(\w+\))?|[a-z]+[A-Z]\w*|[\d_.]+|\[\]|true|false|\w+(\.\w+)+(\(\))?)$/.test(
    text,
  )
    ? `\`${text}\``
    : text
}

/** Text with a full stop at its end, unless it is empty. */
export function sentence(text: string): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`
}

/** Text without the indentation that all its lines share. */
export function dedent(text: string): string {
  const lines = text
    .replace(/^[ \t]*\n/, '')
    .trimEnd()
    .split('\n')
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const depth = Math.min(...depths, Infinity)
  return lines.map((line) => line.slice(Math.min(depth, line.search(/\S|$/)))).join('\n')
}

const bareLines = (comment: string): string =>
  comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')

const flat = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ')
