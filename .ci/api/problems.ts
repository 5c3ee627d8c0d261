// What `npm run check:docs` says of the reference as it is written in docs/api.
import type { Reference } from './reference.ts'

/** One line for each thing to do: a docstring to write, or a page that is not what the docstrings say. */
export function problemsOf(
  { pages, undocumented }: Reference,
  written: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...pages.keys(), ...written.keys()])
  return [
    ...undocumented.map((one) => `no docstring: ${one}`),
    ...[...names]
      .filter((name) => pages.get(name) !== written.get(name))
      .map((name) => `out of date: docs/api/${name} (run \`npm run docs:api\`)`),
  ]
}
