// What a user installs: entry points that exist, no server among the dependencies, no server for browsers.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly exports: Record<string, string | Record<string, string | null>>
  readonly dependencies: Record<string, string>
  readonly peerDependencies: Record<string, string>
  readonly peerDependenciesMeta: Record<string, { optional: boolean }>
}

const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Manifest
const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [{ name, entry }],
)

describe('package', () => {
  it('installs two packages and no server', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['eventsource-parser', 'zustand'])
  })

  it('installs nothing through those two either', () => {
    const theirs = Object.keys(manifest.dependencies).flatMap((name) => {
      const path = `${root}/node_modules/${name}/package.json`
      return Object.keys((JSON.parse(readFileSync(path, 'utf8')) as Manifest).dependencies ?? {})
    })
    expect(theirs).toEqual([])
  })

  it('leaves every peer optional', () => {
    const optional = Object.entries(manifest.peerDependenciesMeta).filter(
      ([, meta]) => meta.optional,
    )
    expect(optional.map(([name]) => name)).toEqual(Object.keys(manifest.peerDependencies))
  })

  it.each(entries)('points $name to the build of a source that exists', ({ entry }) => {
    const source = String(entry['default']).replace('./dist/', `${root}/src/`)
    expect(existsSync(source.replace(/\.js$/, '.ts'))).toBe(true)
    expect(entry['types']).toBe(String(entry['default']).replace(/\.js$/, '.d.ts'))
  })

  it.each(['./relay', './writer'])('gives %s to servers only', (wanted) => {
    const entry = entries.find(({ name }) => name === wanted)?.entry ?? {}
    expect(Object.keys(entry)).toEqual(['types', 'browser', 'default'])
    expect(entry['browser']).toBeNull()
  })

  it(
    'says first in every built file of react/ that it is for the client',
    { timeout: 60_000 },
    () => {
      const built = spawnSync(`${root}/node_modules/.bin/tsc`, ['-b', 'src'], { cwd: root })
      expect(String(built.stdout)).toBe('')
      const files = readdirSync(`${root}/dist/react`).filter((name) => name.endsWith('.js'))
      expect(files).toContain('stream-text.js')
      // What only makes a stream, and no component or hook, may run anywhere.
      for (const file of files.filter((name) => name !== 'held-stream.js')) {
        expect(readFileSync(`${root}/dist/react/${file}`, 'utf8')).toMatch(/^'use client';?\n/)
      }
    },
  )
})
