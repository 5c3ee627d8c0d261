// The source files of the package and the way a name goes through them, from an entry's index to its declaration.
import { posix } from 'node:path'
import { type Module, readModule } from './module.ts'

/** Where something is declared: the identity of what the reference shows. */
export interface Place {
  readonly file: string
  readonly name: string
}

/** One public name of an entry. */
export interface PublicName {
  readonly name: string
  readonly place: Place
  /** The comment above it in the index that heads a group, or ''. */
  readonly section: string
}

/** Source files, read when they are asked for. Paths are relative to the root, with `/`. */
export interface Project {
  module(path: string): Module
  /** Where a name that is used in `file` is declared; null for globals, type parameters and packages. */
  find(file: string, name: string): Place | null
  /** What an index exports, in its order. */
  publicNames(path: string): readonly PublicName[]
}

/** Makes a project over files that `read` gives. */
export function createProject(read: (path: string) => string): Project {
  const modules = new Map<string, Module>()
  const module = (path: string): Module => {
    const known = modules.get(path) ?? readModule(path, read(path))
    modules.set(path, known)
    return known
  }
  const exported = (file: string, name: string): Place | null => {
    for (const one of module(file).exports) {
      if (one.name === name) {
        return one.from === null ? find(file, one.local) : abroad(file, one.from, one.local)
      }
      const found = one.name === '*' && one.from !== null ? abroad(file, one.from, name) : null
      if (found !== null) return found
    }
    return null
  }
  const abroad = (file: string, specifier: string, name: string): Place | null =>
    specifier.startsWith('.') ? exported(resolve(file, specifier), name) : null
  const find = (file: string, name: string): Place | null => {
    const { declarations, imports } = module(file)
    if (declarations.has(name)) return { file, name }
    const imported = imports.get(name)
    return imported === undefined ? null : abroad(file, imported.from, imported.name)
  }
  const publicNames = (path: string): PublicName[] => {
    let section = ''
    return module(path).exports.flatMap((one) => {
      section = headingAbove(module(path), one.start) ?? section
      if (one.name === '*' && one.from !== null) {
        return publicNames(resolve(path, one.from)).map((inner) => ({ ...inner, section }))
      }
      const place = exported(path, one.name)
      if (place === null) throw new SyntaxError(`${path}: cannot find what \`${one.name}\` is`)
      return [{ name: one.name, place, section }]
    })
  }
  return { module, find, publicNames }
}

/** The first comment of a file, without its slashes: what the file is. */
export function introOf({ code, comments }: Module): string {
  const lines: string[] = []
  let end = -1
  for (const comment of comments) {
    if (comment.type !== 'Line') break
    if (end >= 0 && code.slice(end, comment.start).trim() !== '') break
    if (end >= 0 && code.slice(end, comment.start).split('\n').length > 2) break
    lines.push(comment.value.trim())
    end = comment.end
  }
  return lines.join('\n')
}

// A comment that stands alone above an export, unless it is the one that says what the file is.
function headingAbove({ code, comments }: Module, start: number): string | null {
  const index = comments.findLastIndex((comment) => comment.end <= start)
  const comment = comments[index]
  if (comment?.type !== 'Line' || index === 0) return null
  const before = comments[index - 1]
  const alone = /^\s*\n\s*\n/.test(code.slice(before?.end ?? 0, comment.start))
  const own = code.slice(before?.end ?? 0, comment.start).trim() !== '' || alone
  return own && /^\n[ \t]*$/.test(code.slice(comment.end, start)) ? comment.value.trim() : null
}

const resolve = (file: string, specifier: string): string =>
  posix.join(posix.dirname(file), specifier)
