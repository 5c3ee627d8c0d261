// Builds a page of a bench or of the lab, as it is in production.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Builds the page of the folder `page`. @returns the folder it was built to, which bears this name */
export async function buildPage(name: string, page: URL): Promise<string> {
  const outDir = at(`../../node_modules/.cache/${name}`)
  await build({
    configFile: at('../../vite.config.ts'),
    root: fileURLToPath(page),
    publicDir: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}
