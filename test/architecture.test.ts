// Holds the layers: every import of src and demo is an edge that the table allows, and the pure layers name no clock.
import { globSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readFacts } from './support/imports.ts'
import { LAYERS, layerOf, mayImportFile, mayImportPackage } from './support/layers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

// Paths below src as they are, those of the demo with `demo/` in front: the names of the table.
const files = globSync(['src/**/*.{ts,tsx}', 'demo/**/*.{ts,tsx}'], { cwd: root })
  .map((path) =>
    path
      .split(sep)
      .join('/')
      .replace(/^src\//, ''),
  )
  .toSorted()

const read = (path: string): string =>
  readFileSync(join(root, path.startsWith('demo/') ? path : `src/${path}`), 'utf8')

function breaches(path: string, code: string): string[] {
  const layer = layerOf(path)
  if (layer === undefined) return [`${path}: no row in test/support/layers.ts`]
  return readFacts(path, code)
    .imports.filter((specifier) => !allowed(path, specifier))
    .map((specifier) => `${path} (${layer.name}) may not import ${specifier}`)

  function allowed(from: string, specifier: string): boolean {
    if (layer === undefined) return false
    if (!specifier.startsWith('.')) return mayImportPackage(layer, specifier)
    // Styles and assets stand beside the file that imports them.
    const target = relative(root, join(root, from, '..', specifier.replace(/\?.*$/, '')))
    return mayImportFile(layer, target.split(sep).join('/'))
  }
}

const PURE = ['core/', 'wire/', 'protocols/']
const IMPURE = ['Date.now', 'Math.random', 'performance', 'setTimeout', 'setInterval']

function impurities(path: string, code: string): string[] {
  const { names } = readFacts(path, code)
  const forbidden = PURE.some((folder) => path.startsWith(folder)) ? IMPURE : []
  const framed = path === 'frame/browser-clock.ts' || path.startsWith('demo/')
  const frames = framed ? [] : ['requestAnimationFrame']
  return [...forbidden, ...frames]
    .filter((name) => names.has(name))
    .map((name) => `${path} names ${name}`)
}

describe('layers', () => {
  it('allows every import of src and demo', () => {
    expect(files).toContain('core/events.ts')
    expect(files.flatMap((path) => breaches(path, read(path)))).toEqual([])
  })

  it('keeps clocks, timers and chance out of the pure layers, and frames in one file', () => {
    expect(files.flatMap((path) => impurities(path, read(path)))).toEqual([])
  })

  it.each([
    ['core/x.ts', `import '../transport/sse.ts'`],
    ['core/x.ts', `import type { X } from 'react'`],
    ['core/x.ts', `export * from 'node:fs'`],
    ['transport/x.ts', `export { y } from '../frame/scheduler.ts'`],
    ['stream/store.ts', `import { create } from 'zustand'`],
    ['react/x.tsx', `import { z } from '../metrics/meter.ts'`],
    ['metrics/page/x.ts', `import { z } from '../meter/meter.ts'`],
    ['metrics/snapshot.ts', `import type { Z } from './diagnosis/verdict.ts'`],
    ['relay/x.ts', `const y = await import('../core/events.ts')`],
    ['wire/x.ts', `type Z = import('../core/events.ts').AgentEvent`],
    ['demo/x.tsx', `import { y } from '../src/index.ts'`],
    ['unheard-of/x.ts', `export const y = 1`],
  ])('notices a forbidden edge: %s with %s', (path, code) => {
    expect(breaches(path, code)).toHaveLength(1)
  })

  it.each([
    ['core/x.ts', `const t = Date.now()`],
    ['protocols/x.ts', `const t = Math.random()`],
    ['wire/x.ts', `globalThis.setTimeout(() => {}, 1)`],
    ['transport/x.ts', `window.requestAnimationFrame(() => {})`],
  ])('notices an ambient name: %s with %s', (path, code) => {
    expect(impurities(path, code)).toHaveLength(1)
  })

  it('shows the same table in docs/layers.md', () => {
    const shown = readFileSync(join(root, 'docs/layers.md'), 'utf8')
    const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
    for (const { name, may, packages } of LAYERS) {
      expect(shown).toContain(`| \`${name}\` | ${list(may) || '–'} | ${list(packages) || '–'} |`)
    }
  })
})
