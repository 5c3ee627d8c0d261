// What a source file imports and names, read from its syntax tree.
import { parseSync, Visitor } from 'vite'

/** What one file says about the world outside of it. */
export interface FileFacts {
  /** Specifiers of static, re-exporting, type-only and dynamic imports, in order. */
  readonly imports: readonly string[]
  /** All identifiers, and members of globals as `Date.now`. */
  readonly names: ReadonlySet<string>
}

/** Reads a TypeScript or TSX file. Throws SyntaxError when it does not parse. */
export function readFacts(path: string, code: string): FileFacts {
  const { program, errors } = parseSync(path, code)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`)
  const imports: string[] = []
  const names = new Set<string>()
  const add = (source: { readonly value?: unknown } | null): void => {
    if (source !== null) imports.push(String(source.value ?? '(computed)'))
  }
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source as { value?: unknown }),
    TSImportType: ({ source }) => add(source),
    Identifier: ({ name }) => void names.add(name),
    MemberExpression: ({ object, property }) => {
      if (object.type === 'Identifier' && property.type === 'Identifier')
        names.add(`${object.name}.${property.name}`)
    },
  }).visit(program)
  return { imports, names }
}
