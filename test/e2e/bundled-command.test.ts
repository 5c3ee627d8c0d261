// The command line as it is published: one file that needs no other package, installed or beside it.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
let command = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewise-command-'))
  command = join(folder, 'dist/cli/framewise.js')
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  const built = spawnSync(
    join(root, 'node_modules/.bin/vite'),
    ['build', '--mode', 'cli', '--logLevel', 'warn', '--outDir', dirname(command)],
    { cwd: root, encoding: 'utf8' },
  )
  expect(built.stderr).toBe('')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, env: {}, encoding: 'utf8' })

describe('bundled command line', () => {
  it('starts where there is no node_modules', () => {
    const { status, stdout } = run(command, '--help')

    expect(status).toBe(0)
    expect(stdout).toContain('relay')
  })

  it('imports nothing but Node itself', () => {
    const code = readFileSync(command, 'utf8')
    const imported = Array.from(code.matchAll(/^import .* from "([^"]+)"/gm), ([, name]) => name)

    expect(imported).not.toEqual([])
    expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([])
  })

  it('says on an old Node what to do before anything else runs', () => {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`
    const { status, stderr } = run('--import', pretend, command, '--help')

    expect(status).toBe(1)
    expect(stderr).toContain('framewise needs Node >= 22.12, this is 20.20.2')
  })

  it('runs through the link that npm makes', () => {
    symlinkSync(command, join(folder, 'framewise'))

    expect(run(join(folder, 'framewise'), '--help').status).toBe(0)
  })
})
