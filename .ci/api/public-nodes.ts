// What callers see of a declaration: neither bodies nor values, nor the types that are named in those.
import type { ESTree } from 'vite'
import type { Node } from './type-text.ts'

/** The nodes whose types callers see. */
export function publicNodes(node: ESTree.Declaration, name: string): readonly Node[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return callableNodes(node)
    case 'VariableDeclaration':
      return node.declarations.flatMap((one) => {
        if (!isNamed(one, name)) return []
        return one.init?.type === 'ArrowFunctionExpression'
          ? [one.id, ...callableNodes(one.init)]
          : [one.id]
      })
    case 'ClassDeclaration':
      return node.body.body.flatMap((one): readonly Node[] => {
        if (one.type === 'MethodDefinition') return callableNodes(one.value)
        return one.type === 'PropertyDefinition' && one.typeAnnotation ? [one.typeAnnotation] : []
      })
    default:
      return [node]
  }
}

const callableNodes = (node: {
  readonly typeParameters?: Node | null
  readonly params: readonly Node[]
  readonly returnType?: Node | null
}): readonly Node[] =>
  [node.typeParameters, ...node.params, node.returnType].filter((one) => one != null)

/** True for the declarator of this name; one statement may declare several. */
export const isNamed = ({ id }: ESTree.VariableDeclarator, name: string): boolean =>
  id.type === 'Identifier' && id.name === name
