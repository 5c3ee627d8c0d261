// One source file, as far as a reference needs it: what it declares, imports and exports, and its comments.
import { type ESTree, parseSync } from 'vite'
import { type DocComment, NO_DOC, readDoc } from './doc-comment.ts'

/** A declaration, and where the statement begins whose comment it carries. */
export interface Declared {
  readonly node: ESTree.Declaration
  readonly start: number
}

/** One name that a file exports, from another file (`from`) or its own. */
export interface Export {
  /** `*` for all that `from` exports. */
  readonly name: string
  readonly local: string
  readonly from: string | null
  /** Where its statement begins. */
  readonly start: number
}

/** One parsed file. */
export interface Module {
  readonly path: string
  readonly code: string
  readonly comments: ReturnType<typeof parseSync>['comments']
  readonly exports: readonly Export[]
  readonly declarations: ReadonlyMap<string, readonly Declared[]>
  /** Imported names: from which specifier, under which name there. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>
}

/** Parses a file. Throws SyntaxError when it does not parse, or exports in a way a reference cannot show. */
export function readModule(path: string, code: string): Module {
  const { program, comments, errors } = parseSync(path, code)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`)
  const exports: Export[] = []
  const declarations = new Map<string, Declared[]>()
  const imports = new Map<string, { from: string; name: string }>()
  const declare = (node: ESTree.Declaration, start: number): string[] => {
    const names = namesOf(node)
    for (const name of names) {
      declarations.set(name, [...(declarations.get(name) ?? []), { node, start }])
    }
    return names
  }
  for (const node of program.body) {
    const { start } = node
    switch (node.type) {
      case 'ImportDeclaration':
        for (const one of node.specifiers) {
          const name = one.type === 'ImportSpecifier' ? nameOf(one.imported) : one.local.name
          imports.set(one.local.name, { from: node.source.value, name })
        }
        break
      case 'ExportAllDeclaration':
        if (node.exported !== null) throw new SyntaxError(`${path}: cannot show \`export * as\``)
        exports.push({ name: '*', local: '*', from: node.source.value, start })
        break
      case 'ExportNamedDeclaration':
        for (const one of node.specifiers) {
          const [name, local] = [nameOf(one.exported), nameOf(one.local)]
          exports.push({ name, local, from: node.source?.value ?? null, start })
        }
        if (node.declaration !== null) {
          for (const name of new Set(declare(node.declaration, start))) {
            exports.push({ name, local: name, from: null, start })
          }
        }
        break
      case 'ExportDefaultDeclaration':
        throw new SyntaxError(`${path}: cannot show a default export`)
      default:
        if (isDeclaration(node)) declare(node, start)
    }
  }
  return { path, code, comments, exports, declarations, imports }
}

/** The docstring right before a place of a file. */
export function docBefore({ code, comments }: Module, start: number): DocComment {
  const comment = comments.findLast(({ type, value, end }) => {
    return type === 'Block' && value.startsWith('*') && end <= start
  })
  // The bar of a union stands between its member and the member's comment.
  const near = comment !== undefined && /^[\s|(]*$/.test(code.slice(comment.end, start))
  return near ? readDoc(comment.value) : NO_DOC
}

/** Number of the line that holds a place, from 1. */
export function lineAt({ code }: Module, start: number): number {
  return code.slice(0, start).split('\n').length
}

const nameOf = (node: ESTree.ModuleExportName): string =>
  node.type === 'Literal' ? node.value : node.name

const isDeclaration = (node: ESTree.Statement): node is ESTree.Declaration & ESTree.Statement =>
  /^(Function|Class|Variable|TSInterface|TSTypeAlias|TSEnum)Declaration$|^TSDeclareFunction$/.test(
    node.type,
  )

function namesOf(node: ESTree.Declaration): string[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  }
  return 'id' in node && node.id?.type === 'Identifier' ? [node.id.name] : []
}
