// One declared name as the reference shows it: its signatures, parameters, members and values.
import type { ESTree } from 'vite'
import { dedent, type DocComment, NO_DOC } from './doc-comment.ts'
import { createItemReader, type Item, type ItemReader } from './items.ts'
import { type Declared, docBefore, lineAt, type Module } from './module.ts'
import type { Place, Project } from './project.ts'
import { isNamed, publicNodes } from './public-nodes.ts'
import { references, type Segment } from './type-text.ts'

/** What is shown of one declared name. */
export interface Entry {
  readonly place: Place
  readonly line: number
  readonly doc: DocComment
  /** Source of the declarations, without bodies. */
  readonly signatures: readonly string[]
  readonly extended: readonly (readonly Segment[])[]
  readonly params: readonly Item[]
  readonly members: readonly Item[]
  /** Values of a union that documents at least one of them. */
  readonly values: readonly Item[]
  /** Everything of the package that its types name, in order. */
  readonly uses: readonly Place[]
}

/** Reads what is declared under a name; several declarations of it make one entry. */
export function readEntry(project: Project, place: Place): Entry {
  const module = project.module(place.file)
  const declared = module.declarations.get(place.name) ?? []
  // With overloads, the last one is the implementation, which callers do not see.
  const overloads = declared.filter(({ node }) => node.type === 'TSDeclareFunction')
  const shown = overloads.length > 0 ? overloads : declared
  const docs = shown.map(({ start }) => docBefore(module, start))
  const parts = shown.map((one) => readPart(createItemReader(project, module), module, one, place))
  return {
    place,
    line: lineAt(module, shown[0]?.start ?? 0),
    doc: docs.find(({ text }) => text !== '') ?? docs[0] ?? NO_DOC,
    signatures: parts.flatMap(({ signature = '' }) =>
      signature === '' ? [] : [dedent(signature)],
    ),
    extended: parts.flatMap(({ extended = [] }) => extended),
    params: parts.at(-1)?.params ?? [],
    members: parts.flatMap(({ members = [] }) => members),
    values: parts.flatMap(({ values = [] }) => values),
    uses: shown.flatMap(({ node }) =>
      publicNodes(node, place.name).flatMap((one) =>
        references(project, module.path, one).map((found) => found.place),
      ),
    ),
  }
}

interface Part {
  readonly signature?: string
  readonly extended?: Entry['extended']
  readonly params?: readonly Item[]
  readonly members?: readonly Item[]
  readonly values?: readonly Item[]
}

function readPart(
  reader: ItemReader,
  module: Module,
  { node, start }: Declared,
  place: Place,
): Part {
  const { source, text } = reader
  const { params: told } = docBefore(module, start)
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return {
        signature: source(node.start, node.body?.start ?? node.end),
        params: node.params.map((one) => reader.parameter(one, told)),
      }
    case 'TSInterfaceDeclaration':
      return {
        signature: node.typeParameters === null ? '' : source(node.start, node.body.start),
        extended: node.extends.map((one) => text(one)),
        members: node.body.body.map(reader.member),
      }
    case 'ClassDeclaration':
      return {
        signature: source(node.start, node.body.start),
        members: reader.classMembers(node.body.body),
      }
    case 'TSTypeAliasDeclaration':
      return readAlias(reader, node)
    case 'VariableDeclaration': {
      const one = node.declarations.find((each) => isNamed(each, place.name))
      if (one === undefined) return {}
      const { id, init } = one
      if (init?.type === 'ArrowFunctionExpression') {
        const params = init.params.map((param) => reader.parameter(param, told))
        return { signature: `${node.kind} ${source(one.start, init.body.start)} …`, params }
      }
      return { signature: `${node.kind} ${source(id.start, isPlain(init) ? one.end : id.end)}` }
    }
    default:
      throw new SyntaxError(`${place.file}: cannot show the ${node.type} \`${place.name}\``)
  }
}

function readAlias(reader: ItemReader, node: ESTree.TSTypeAliasDeclaration): Part {
  const type = node.typeAnnotation
  if (type.type === 'TSTypeLiteral') return { members: type.members.map(reader.member) }
  const values = type.type === 'TSUnionType' ? type.types : []
  const items = values.map(reader.value)
  const isTable =
    values.every((one) => one.type === 'TSLiteralType') && items.some(({ doc }) => doc.text !== '')
  return isTable ? { values: items } : { signature: reader.source(node.start, node.end) }
}

// Values are shown where they say more than their type: literals, and frozen objects of them.
function isPlain(node: ESTree.Expression | null): boolean {
  if (node?.type === 'Literal') return true
  return node?.type === 'CallExpression' && node.arguments[0]?.type === 'ObjectExpression'
}
