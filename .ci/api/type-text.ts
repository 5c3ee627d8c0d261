// A piece of source as one line of text, in which the names that are declared somewhere are known.
import type { ESTree } from 'vite'
import type { Module } from './module.ts'
import type { Place, Project } from './project.ts'

/** Text, or a name and where it is declared. */
export type Segment = string | { readonly text: string; readonly place: Place }

/** Any node of a syntax tree. */
export type Node = ESTree.Node

/** Calls back for every node of a subtree, parents first. */
export function walk(root: unknown, visit: (node: Node) => void): void {
  if (typeof root !== 'object' || root === null) return
  if (Array.isArray(root)) return root.forEach((one) => walk(one, visit))
  if ('type' in root && typeof root.type === 'string' && 'start' in root) visit(root as Node)
  for (const value of Object.values(root)) walk(value, visit)
}

/** Names that a subtree uses as types, in order, each with where it is declared; type parameters have no place. */
export function references(
  project: Project,
  file: string,
  root: Node,
): { readonly start: number; readonly end: number; readonly place: Place }[] {
  const own = typeParameters(project.module(file), root)
  const names: { name: string; start: number; end: number }[] = []
  const add = (node: { type: string; start: number; end: number }): void => {
    if (node.type === 'Identifier' && 'name' in node)
      names.push({ ...node, name: String(node.name) })
  }
  walk(root, (node) => {
    if (node.type === 'TSTypeReference') add(node.typeName)
    if (node.type === 'TSInterfaceHeritage') add(node.expression)
    if (node.type === 'TSTypeQuery') add(node.exprName)
  })
  return names
    .flatMap(({ name, start, end }) => {
      const place = own.has(name) ? null : project.find(file, name)
      return place === null ? [] : [{ start, end, place }]
    })
    .toSorted((one, other) => one.start - other.start)
}

function typeParameters({ declarations }: Module, { start }: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const scope = [...declarations.values()]
    .flat()
    .find(({ node }) => node.start <= start && start < node.end)
  walk(scope?.node, (node) => {
    if (node.type === 'TSTypeParameter') names.add(node.name.name)
  })
  return names
}

/** The source between two places, in one line and without comments. */
export function textOf(
  project: Project,
  { path, code, comments }: Module,
  root: Node,
  { start, end }: { readonly start: number; readonly end: number } = root,
): readonly Segment[] {
  const edits: { at: number; to: number; put: Segment }[] = []
  const inside = (at: number): boolean => at >= start && at < end
  for (const comment of comments) {
    if (inside(comment.start)) edits.push({ at: comment.start, to: comment.end, put: '' })
  }
  for (const { start: at, end: to, place } of references(project, path, root)) {
    if (inside(at)) edits.push({ at, to, put: { text: code.slice(at, to), place } })
  }
  // Without their lines, the members of an object type need something between them.
  walk(root, (node) => {
    if (node.type !== 'TSTypeLiteral') return
    for (const { end: at } of node.members.slice(0, -1)) {
      if (inside(at) && !/[;,]/.test(code.slice(at - 1, at))) edits.push({ at, to: at, put: ';' })
    }
  })
  const segments: Segment[] = []
  let at = start
  for (const edit of edits.toSorted((one, other) => one.at - other.at || one.to - other.to)) {
    segments.push(code.slice(at, edit.at), edit.put)
    at = edit.to
  }
  return joined([...segments, code.slice(at, end)])
}

// Neighbouring texts become one before their lines do, so that a break beside a bracket leaves no space.
function joined(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = []
  for (const segment of segments) {
    const last = result.at(-1)
    if (typeof segment === 'string' && typeof last === 'string')
      result[result.length - 1] = last + segment
    else result.push(segment)
  }
  return result
    .map((one) => (typeof one === 'string' ? oneLine(one) : one))
    .filter((one) => one !== '')
}

const oneLine = (text: string): string =>
  text
    .replace(/([<([])\s*\n\s*\|?\s*/g, '$1')
    .replace(/,?\s*\n\s*([>)\]])/g, '$1')
    .replace(/\s*\n\s*/g, ' ')
