// What a declaration is made of, each with its type and its docstring: members, parameters, values of a union.
import type { ESTree } from 'vite'
import { type DocComment, NO_DOC } from './doc-comment.ts'
import { docBefore, lineAt, type Module } from './module.ts'
import type { Project } from './project.ts'
import { type Node, type Segment, textOf } from './type-text.ts'

/** A parameter, a member of a type, or a value of a union. */
export interface Item {
  readonly name: string
  readonly type: readonly Segment[]
  readonly doc: DocComment
  /** False for what explains itself: a constructor, the one value that tells a type from others. */
  readonly needsDoc: boolean
  readonly line: number
}

/** A stretch of source. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Reads items of one file. */
export interface ItemReader {
  source(start: number, end: number): string
  text(root: Node, span?: Span): readonly Segment[]
  member(node: ESTree.TSSignature): Item
  classMembers(nodes: readonly ESTree.ClassElement[]): readonly Item[]
  /** A parameter, with what `@param` says of it. */
  parameter(node: ESTree.ParamPattern, told: ReadonlyMap<string, string>): Item
  value(node: ESTree.TSType): Item
}

/** Makes a reader. */
export function createItemReader(project: Project, module: Module): ItemReader {
  const source = (start: number, end: number): string => module.code.slice(start, end).trim()
  const text = (root: Node, span?: Span): readonly Segment[] => textOf(project, module, root, span)
  const item = (name: string, node: Node, type: readonly Segment[], needsDoc = true): Item => ({
    name,
    type,
    doc: docBefore(module, node.start),
    needsDoc,
    line: lineAt(module, node.start),
  })
  // `x?: T | undefined` is written for exactOptionalPropertyTypes; that x may be left out says the `?`.
  const given = (type: ESTree.TSType, optional: boolean): readonly Segment[] => {
    if (!optional || type.type !== 'TSUnionType') return text(type)
    const kept = type.types.filter((one) => one.type !== 'TSUndefinedKeyword')
    const [first, last] = [kept[0], kept.at(-1)]
    if (first === undefined || last === undefined) return text(type)
    if (kept.length > 1) return text(type, { start: first.start, end: last.end })
    return text(first.type === 'TSParenthesizedType' ? first.typeAnnotation : first)
  }

  return {
    source,
    text,
    value: (node) => item('', node, text(node)),
    member(node) {
      switch (node.type) {
        case 'TSPropertySignature': {
          const type = node.typeAnnotation?.typeAnnotation
          const name = `${source(node.key.start, node.key.end)}${node.optional ? '?' : ''}`
          const shown = type === undefined ? [] : given(type, node.optional)
          return item(name, node, shown, type?.type !== 'TSLiteralType')
        }
        case 'TSMethodSignature': {
          const name = source(node.key.start, node.key.end)
          const start = module.code.indexOf('(', node.key.end)
          const shown = text(node, { start: node.typeParameters?.start ?? start, end: node.end })
          return item(`${name}${node.optional ? '?' : ''}()`, node, shown)
        }
        case 'TSIndexSignature': {
          const [key] = node.parameters
          const name = key === undefined ? '[]' : `[${source(key.start, key.end)}]`
          // The type's own docstring speaks of its fields, whatever their names.
          return item(name, node, text(node.typeAnnotation.typeAnnotation), false)
        }
        default:
          return item('()', node, text(node))
      }
    },
    classMembers: (nodes) =>
      nodes.flatMap((node) => {
        if (!('key' in node) || isHidden(node)) return []
        const name = source(node.key.start, node.key.end)
        if (node.type === 'PropertyDefinition') {
          const type = node.typeAnnotation?.typeAnnotation
          return [item(name, node, type === undefined ? [] : text(type))]
        }
        const signed = node.type === 'MethodDefinition' ? node.value : null
        const end = signed?.body?.start ?? node.end
        const shown = text(node, { start: node.key.end, end })
        return [item(`${name}()`, node, shown, name !== 'constructor')]
      }),
    parameter(node, told) {
      const target = node.type === 'AssignmentPattern' ? node.left : node
      const type = 'typeAnnotation' in target ? target.typeAnnotation : null
      const name =
        target.type === 'Identifier' ? target.name : source(target.start, type?.start ?? target.end)
      const optional = node !== target || ('optional' in target && target.optional === true)
      const shown = type == null ? inferred(node) : text(type.typeAnnotation)
      const doc = { ...NO_DOC, text: told.get(name) ?? '' }
      return { ...item(optional ? `${name}?` : name, node, shown, false), doc }
    },
  }
}

// Only a literal may stand for its type: isolatedDeclarations sees to that.
const inferred = (node: ESTree.ParamPattern): readonly Segment[] =>
  node.type === 'AssignmentPattern' && node.right.type === 'Literal'
    ? [typeof node.right.value]
    : []

// What a class overrides is described where it comes from.
const isHidden = (node: ESTree.ClassElement): boolean =>
  ('accessibility' in node && node.accessibility !== null && node.accessibility !== 'public') ||
  ('override' in node && node.override) ||
  ('key' in node && node.key.type === 'PrivateIdentifier')
